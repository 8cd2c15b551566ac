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

/** Rows (at, entity_id, event_type, events, value) that add up to what is asked about. */
export function entityParts(params: SqlParams, selection: EntitySelection, pieces: CountedPieces): string {
  return [
    ...pieces.months.map((period) => summed(params, selection, 'month', period)),
    ...pieces.days.map((period) => summed(params, selection, 'day', period)),
    ...pieces.rests.map((period) => entityFacts(params, selection, period)),
  ].join(' UNION ALL ');
}

function summed(
  params: SqlParams,
  { scope, entityType, entityIds }: EntitySelection,
  grain: 'day' | 'month',
  { from, to }: Period,
): string {
  const conditions = [
    `c.site_id = ${params.add(scope.siteId, 'uuid')}`,
    `c.entity_type = ${params.add(entityType, 'text')}`,
    `c.${grain} >= ${params.add(from.toISOString().slice(0, 10), 'date')}`,
    `c.${grain} < ${params.add(to.toISOString().slice(0, 10), 'date')}`,
    ...botCondition(scope.bots, 'c'),
    ...(entityIds === null ? [] : [`c.entity_id = ANY (${params.add([...entityIds], 'text[]')})`]),
  ];
  return `SELECT c.${grain}::timestamp AT TIME ZONE 'UTC' AS at, c.entity_id, c.event_type, c.events, c.value
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
  if (entityIds === null) return `${selected} FROM event_facts f WHERE f.entity_id IS NOT NULL AND ${conditions}`;
  const ids = params.add([...entityIds], 'text[]');
  return `${selected} FROM events s JOIN event_facts f ON f.id = s.id
    WHERE s.entity_type = ${type} AND s.entity_id = ANY (${ids}) AND f.entity_id = ANY (${ids})
      AND s.occurred_at >= ${params.add(from.toISOString(), 'timestamptz')}
      AND s.occurred_at < ${params.add(to.toISOString(), 'timestamptz')}
      AND ${withinIds(params, { from, to }, 's.id')} AND ${conditions}`;
}
