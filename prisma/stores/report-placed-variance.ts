import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { ALL_SAMPLED, type SampledShare } from './sampled-share.ts';

/** A statement put together, with what goes into it. */
export interface ReportStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** What of a fact `f` estimates are made of. */
export const UNIT_OF_FACT = 'f.sampling_unit AS unit, f.sampling_rate::float8 / 100 AS p';

/**
 * The statement for the estimated variances of weighted sums, each at a place of the answer. `rows` selects (place, unit, p,
 * and the measures), where a measure is what the fact adds to the sum: it is over p already. Of each place and measure a unit
 * adds Σ_i Σ_j x_i x_j (1 - max(p_i, p_j)) over its rates: with rates in order, each x(1 - p) times twice all up to it, less
 * itself. `share`: what of those sampled the rows are of.
 */
export function variancesSql(rows: string, measures: readonly string[], share: SampledShare = ALL_SAMPLED): string {
  return `WITH kept AS (
      SELECT place, unit, p, ${measures.map((measure) => `sum(${measure}) AS ${measure}`).join(', ')}
      FROM (${rows}) AS sampled GROUP BY place, unit, p
    ), paired AS (
      SELECT place, ${measures.map((measure) => `${measure} * (1 - p) * (2 * sum(${measure}) OVER upto - ${measure}) AS ${measure}`).join(', ')}
      FROM kept WINDOW upto AS (PARTITION BY place, unit ORDER BY p ROWS UNBOUNDED PRECEDING)
    )
    SELECT place, ARRAY[${measures.map((measure) => `sum(${measure}) * ${share.factor}`).join(', ')}]::float8[] AS variances
    FROM paired GROUP BY place`;
}

const variances = z.array(z.object({ place: z.string(), variances: z.array(z.number()) }));

/** Standard errors of the measures, in their order, by place. What nothing was sampled of is not in it. */
export async function readStandardErrors(
  db: SqlExecutor,
  { sql, parameters }: ReportStatement,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const rows = variances.parse(await db.$queryRawUnsafe(sql, ...parameters));
  return new Map(rows.map((row) => [row.place, row.variances.map((variance) => Math.sqrt(Math.max(0, variance)))]));
}
