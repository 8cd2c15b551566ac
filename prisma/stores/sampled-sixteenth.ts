import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import type { FactScope } from './fact-scope.ts';

/** So many rows of a sixteenth tell the spread within a few per cent. */
const ENOUGH_ROWS = 1_500;

/** What of those sampled a spread is worked out from: all of them, or a sixteenth, whose variance counts sixteen times. */
export interface SampledShare {
  readonly factor: 1 | 16;
}
export const ALL_SAMPLED: SampledShare = { factor: 1 };
const A_SIXTEENTH: SampledShare = { factor: 16 };

/** The condition on a column of units; units are hashes, so that any sixteenth is as good as another. */
export const withinShare = ({ factor }: SampledShare, column: string) =>
  factor === 1 ? '' : ` AND ${column} % 16 = 0`;

/** A sixteenth where that is many still. With a filter all: nobody knows how few it leaves. */
export async function sampledShare(
  db: SqlExecutor,
  { siteId, from, to, filter }: Pick<FactScope, 'siteId' | 'from' | 'to' | 'filter'>,
): Promise<SampledShare> {
  if (filter.length > 0) return ALL_SAMPLED;
  const rows = await db.$queryRaw`
    SELECT count(*)::int AS found FROM (
      SELECT FROM sampled_units
      WHERE site_id = ${siteId}::uuid AND unit % 16 = 0
        AND day >= ${from.toISOString().slice(0, 10)}::date AND day <= ${to.toISOString().slice(0, 10)}::date
      LIMIT ${ENOUGH_ROWS}::int) AS looked`;
  const [{ found }] = z.tuple([z.object({ found: z.int() })]).parse(rows);
  return found >= ENOUGH_ROWS ? A_SIXTEENTH : ALL_SAMPLED;
}
