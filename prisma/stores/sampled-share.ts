import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import type { FactScope } from './fact-scope.ts';

/** So many rows of a share tell the spread of one figure within a few per cent. */
const ENOUGH_ROWS = 1_500;

/** Looking itself is to cost little: a figure more is not worth it. */
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
  { siteId, from, to, filter }: Pick<FactScope, 'siteId' | 'from' | 'to' | 'filter'>,
  { eventTypes, figures }: { readonly eventTypes: readonly string[] | null; readonly figures: number },
): Promise<SampledShare> {
  if (filter.length > 0) return ALL_SAMPLED;
  const enoughOf128 = figures * ENOUGH_ROWS * (OF_128.factor / SIXTEENTH.factor);
  const types = eventTypes === null ? null : [...eventTypes];
  const rows = await db.$queryRaw`
    SELECT count(*)::int AS found FROM (
      SELECT FROM sampled_units
      WHERE site_id = ${siteId}::uuid AND unit % 16 = 0
        AND day >= ${from.toISOString().slice(0, 10)}::date AND day <= ${to.toISOString().slice(0, 10)}::date
        AND (${types}::text[] IS NULL OR event_type = ANY (${types}::text[]))
      LIMIT ${Math.min(enoughOf128, MOST_LOOKED_AT)}::int) AS looked`;
  const [{ found }] = z.tuple([z.object({ found: z.int() })]).parse(rows);
  if (found < ENOUGH_ROWS) return ALL_SAMPLED;
  return found >= enoughOf128 ? OF_128 : SIXTEENTH;
}
