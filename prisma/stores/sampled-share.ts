import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { botCondition, type FactScope } from './fact-scope.ts';
import { SqlParams } from './sql-params.ts';

/** So many rows of a share for each figure, and so many units in all, tell a spread within a few per cent. */
const ENOUGH = 1_500;
/** Looking itself is to cost little. Where so many were found, many figures have enough between them to be right within a fifth. */
const MOST_LOOKED_AT = 30_000;

/** What of those sampled a spread is worked out from: all of them, or one in so many, whose variance counts as often. */
export interface SampledShare {
  readonly factor: 1 | 16 | 128;
}
export const ALL_SAMPLED: SampledShare = { factor: 1 };
const SIXTEENTH: SampledShare = { factor: 16 };
const OF_128: SampledShare = { factor: 128 };

/** The condition on a column of units; units are hashes, so that any share is as good as another. There is an index on 16. */
export const withinShare = ({ factor }: SampledShare, column: string) => {
  if (factor === 1) return '';
  return ` AND ${column} % 16 = 0${factor === 128 ? ` AND ${column} % 128 = 0` : ''}`;
};

/**
 * The smallest share that has enough for so many figures, be they types, rows or buckets of time. With a filter all: nobody
 * knows how few it leaves.
 */
export async function sampledShare(
  db: SqlExecutor,
  { siteId, from, to, filter, bots }: Pick<FactScope, 'siteId' | 'from' | 'to' | 'filter' | 'bots'>,
  { eventTypes, figures }: { readonly eventTypes: readonly string[] | null; readonly figures: number },
): Promise<SampledShare> {
  if (filter.length > 0) return ALL_SAMPLED;
  const params = new SqlParams();
  const conditions = [
    `u.site_id = ${params.add(siteId, 'uuid')}`,
    'u.unit % 16 = 0',
    `u.day >= ${params.add(from.toISOString().slice(0, 10), 'date')}`,
    `u.day <= ${params.add(to.toISOString().slice(0, 10), 'date')}`,
    ...(eventTypes === null ? [] : [`u.event_type = ANY (${params.add([...eventTypes], 'text[]')})`]),
    ...botCondition(bots, 'u'),
  ];
  const rows = await db.$queryRawUnsafe(
    `SELECT count(*)::int AS found, count(DISTINCT unit)::int AS units FROM (
       SELECT u.unit FROM sampled_units u WHERE ${conditions.join(' AND ')} LIMIT ${params.add(MOST_LOOKED_AT, 'int')}
     ) AS looked`,
    ...params.values,
  );
  const [{ found, units }] = z.tuple([z.object({ found: z.int(), units: z.int() })]).parse(rows);
  const times = OF_128.factor / SIXTEENTH.factor;
  if (units >= ENOUGH * times && found >= figures * ENOUGH * times) return OF_128;
  return units >= ENOUGH && found >= Math.min(figures * ENOUGH, MOST_LOOKED_AT) ? SIXTEENTH : ALL_SAMPLED;
}
