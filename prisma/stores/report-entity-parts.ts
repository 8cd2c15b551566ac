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
  const kind = `c.entity_id <> '' AND c.event_type <> ''`;
  const at = (grain: string) => `c.${grain}::timestamp AT TIME ZONE 'UTC' AS at,`;
  return [
    ...pieces.months.map((period) => summed(params, selection, { grain: 'month', period, kind, more: at('month') })),
    ...pieces.days.map((period) => summed(params, selection, { grain: 'day', period, more: at('day') })),
    ...pieces.rests.map((period) => entityFacts(params, selection, period)),
  ].join(' UNION ALL ');
}

/**
 * Rows (entity_id, event_type, events, value) that add up to sums: of each entity for all types (event_type empty), of each
 * type for all entities (entity_id empty), and of each entity for one type where that is given.
 */
export function entitySums(
  params: SqlParams,
  selection: EntitySelection,
  pieces: CountedPieces,
  eventType: string | null,
): string {
  const type = eventType === null ? null : params.add(eventType, 'text');
  const kinds = [
    `c.entity_id <> '' AND c.event_type = ''`,
    `c.entity_id = '' AND c.event_type <> ''`,
    ...(type === null ? [] : [`c.entity_id <> '' AND c.event_type = ${type}`]),
  ];
  const inMonths = pieces.months.flatMap((period) =>
    kinds.map((kind) => summed(params, selection, { grain: 'month', period, kind })),
  );
  const one = [
    ...pieces.days.map((period) => summed(params, selection, { grain: 'day', period })),
    ...pieces.rests.map(
      (period) => `SELECT entity_id, event_type, events, value FROM (${entityFacts(params, selection, period)}) AS f`,
    ),
  ];
  if (one.length === 0) return inMonths.join(' UNION ALL ');
  const ofType = type === null ? '' : `, (one.entity_id, one.event_type)`;
  const inDays = `SELECT coalesce(entity_id, '') AS entity_id, coalesce(event_type, '') AS event_type,
      sum(events) AS events, sum(value) AS value
    FROM (${one.join(' UNION ALL ')}) AS one GROUP BY GROUPING SETS ((one.entity_id), (one.event_type)${ofType})
    ${type === null ? '' : `HAVING grouping(one.entity_id, one.event_type) > 0 OR one.event_type = ${type}`}`;
  return [...inMonths, inDays].join(' UNION ALL ');
}

interface SummedRows {
  readonly grain: 'day' | 'month';
  readonly period: Period;
  /** Which rows of months: they have sums beside each entity and type by itself. */
  readonly kind?: string;
  /** Selected too. */
  readonly more?: string;
}

function summed(
  params: SqlParams,
  { scope, entityType, entityIds }: EntitySelection,
  { grain, period: { from, to }, kind, more = '' }: SummedRows,
): string {
  const conditions = [
    `c.site_id = ${params.add(scope.siteId, 'uuid')}`,
    `c.entity_type = ${params.add(entityType, 'text')}`,
    `c.${grain} >= ${params.add(from.toISOString().slice(0, 10), 'date')}`,
    `c.${grain} < ${params.add(to.toISOString().slice(0, 10), 'date')}`,
    ...(kind === undefined ? [] : [kind]),
    ...botCondition(scope.bots, 'c'),
    ...(entityIds === null ? [] : [`c.entity_id = ANY (${params.add([...entityIds], 'text[]')})`]),
  ];
  return `SELECT ${more} c.entity_id, c.event_type, c.events, c.value
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
