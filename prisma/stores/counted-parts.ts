import type { Dimension } from '@tallymark/contract/reports/dimensions';
import { botCondition, type FactScope, withinScope } from './fact-scope.ts';
import type { SqlParams } from './sql-params.ts';

interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** A period cut into runs of whole UTC months, whole UTC days, and rests that are counted from facts. */
export interface CountedPieces {
  readonly months: readonly Period[];
  readonly days: readonly Period[];
  readonly rests: readonly Period[];
}

export interface CountedBy {
  readonly pieces: CountedPieces;
  readonly dimension: Dimension;
  /** Null for all. */
  readonly eventTypes: readonly string[] | null;
}

/** Rows (event_type, value, events, stored, amount) that add up to what happened in a scope, by one dimension. */
export function countedParts(
  params: SqlParams,
  scope: FactScope,
  { pieces, dimension, eventTypes }: CountedBy,
): string {
  const types = (alias: string) =>
    eventTypes === null ? '' : `AND ${alias}.event_type = ANY (${params.add([...eventTypes], 'text[]')})`;
  const summed = (grain: 'month' | 'day', { from, to }: Period) => `
    SELECT c.event_type, c.value, c.events, c.stored, c.amount FROM dimension_${grain}s c
    WHERE c.site_id = ${params.add(scope.siteId, 'uuid')} AND c.dimension = ${params.add(dimension, 'text')}
      AND c.${grain} >= ${params.add(from.toISOString().slice(0, 10), 'date')}
      AND c.${grain} < ${params.add(to.toISOString().slice(0, 10), 'date')} ${types('c')}
      ${botCondition(scope.bots, 'c')
        .map((condition) => `AND ${condition}`)
        .join('')}`;
  const counted = ({ from, to }: Period) => `
    SELECT f.event_type, coalesce(f.${dimension}, '') AS value, f.weight AS events, 1 AS stored,
      coalesce(f.value, 0) * f.weight AS amount
    FROM event_facts f
    WHERE ${withinScope(params, { ...scope, from, to })} ${types('f')}`;
  const parts = [
    ...pieces.months.map((run) => summed('month', run)),
    ...pieces.days.map((run) => summed('day', run)),
    ...pieces.rests.map(counted),
  ];
  return parts.join(' UNION ALL ');
}
