import type { CountedPieces } from './counted-parts.ts';
import { botCondition, type FactScope, withinScope } from './fact-scope.ts';
import { withinIds } from './id-range.ts';
import type { SqlParams } from './sql-params.ts';

interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** Which events of entities are asked about. */
export interface EntitySelection {
  readonly scope: FactScope;
  readonly entityType: string;
  /** Null for all. */
  readonly entityIds: readonly string[] | null;
}

/** Rows (at, entity_id, event_type, events, value) that add up to what is asked about, by entity and event type. */
export function entityParts(params: SqlParams, selection: EntitySelection, pieces: CountedPieces): string {
  return [
    ...pieces.months.map((period) => summed(params, selection, 'month', period, EACH, AT)),
    ...pieces.days.map((period) => summed(params, selection, 'day', period, EACH, AT)),
    ...pieces.rests.map((period) => entityFacts(params, selection, period)),
  ].join(' UNION ALL ');
}

/**
 * Rows (entity_id, event_type, events, value) that add up to sums: of each entity for all types (event_type empty), of each type for all entities (entity_id empty), and of
 * each entity for one type where that is given.
 */
export function entitySums(
  params: SqlParams,
  selection: EntitySelection,
  pieces: CountedPieces,
  eventType: string | null,
): string {
  const type = eventType === null ? null : params.add(eventType, 'text');
  const kinds = [OF_ENTITIES, OF_TYPES, ...(type === null ? [] : [`c.entity_id <> '' AND c.event_type = ${type}`])];
  const spread = [`(entity_id, '')`, `('', event_type)`, ...(type === null ? [] : ['(entity_id, event_type)'])];
  const facts = pieces.rests.map(
    (period) => `SELECT s.entity_id, s.event_type, events, value
      FROM (${entityFacts(params, selection, period)}) AS f
      CROSS JOIN LATERAL (VALUES ${spread.join(', ')}) AS s (entity_id, event_type)
      ${type === null ? '' : `WHERE s.entity_id = '' OR s.event_type IN ('', ${type})`}`,
  );
  return [
    ...pieces.months.flatMap((period) => kinds.map((kind) => summed(params, selection, 'month', period, kind))),
    ...pieces.days.flatMap((period) => kinds.map((kind) => summed(params, selection, 'day', period, kind))),
    ...facts,
  ].join(' UNION ALL ');
}

/** When a row begins. */
const AT = (grain: string) => `c.${grain}::timestamp AT TIME ZONE 'UTC' AS at, `;
const EACH = `c.entity_id <> '' AND c.event_type <> ''`;
const OF_ENTITIES = `c.entity_id <> '' AND c.event_type = ''`;
const OF_TYPES = `c.entity_id = '' AND c.event_type <> ''`;

function summed(
  params: SqlParams,
  { scope, entityType, entityIds }: EntitySelection,
  grain: 'day' | 'month',
  { from, to }: Period,
  kind: string,
  more: (grain: string) => string = () => '',
): string {
  const conditions = [
    `c.site_id = ${params.add(scope.siteId, 'uuid')}`,
    `c.entity_type = ${params.add(entityType, 'text')}`,
    kind,
    `c.${grain} >= ${params.add(from.toISOString().slice(0, 10), 'date')}`,
    `c.${grain} < ${params.add(to.toISOString().slice(0, 10), 'date')}`,
    ...botCondition(scope.bots, 'c'),
    ...(entityIds === null ? [] : [`c.entity_id = ANY (${params.add([...entityIds], 'text[]')})`]),
  ];
  return `SELECT ${more(grain)}c.entity_id, c.event_type, c.events, c.value
    FROM entity_${grain}s c WHERE ${conditions.join(' AND ')}`;
}

/**
 * Of each fact that is asked about; `more` is selected beside it, and `where` has to hold for it. Facts have no index on
 * entities: those of a few are found by way of their events, which have.
 */
export function entityFacts(
  params: SqlParams,
  { scope, entityType, entityIds }: EntitySelection,
  { from, to }: Period,
  { more = '', where = 'true' }: { readonly more?: string; readonly where?: string } = {},
): string {
  const type = params.add(entityType, 'text');
  const within = withinScope(params, { ...scope, from, to });
  const selected = `SELECT f.occurred_at AS at, f.entity_id, f.event_type, f.weight AS events,
      coalesce(f.value, 0) * f.weight AS value ${more}`;
  const conditions = `f.entity_type = ${type} AND ${within} AND ${where}`;
  if (entityIds === null) return `${selected} FROM event_facts f WHERE f.entity_id <> '' AND ${conditions}`;
  const ids = params.add([...entityIds], 'text[]');
  return `${selected} FROM events s JOIN event_facts f ON f.id = s.id
    WHERE s.entity_type = ${type} AND s.entity_id = ANY (${ids}) AND f.entity_id = ANY (${ids})
      AND s.occurred_at >= ${params.add(from.toISOString(), 'timestamptz')}
      AND s.occurred_at < ${params.add(to.toISOString(), 'timestamptz')}
      AND ${withinIds(params, { from, to }, 's.id')} AND ${conditions}`;
}
