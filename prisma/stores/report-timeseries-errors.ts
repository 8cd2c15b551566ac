import type { Dimension } from '@tallymark/contract/reports/dimensions';
import { botCondition, type FactScope, withinScope } from './fact-scope.ts';
import { type ReportStatement, UNIT_OF_FACT, variancesSql } from './report-placed-variance.ts';
import { AMOUNT_OF_FACT, bucketOf } from './report-timeseries.ts';
import { type SampledShare, withinShare } from './sampled-share.ts';
import { SqlParams } from './sql-params.ts';

export interface SeriesErrorOptions {
  readonly starts: readonly Date[];
  readonly sum: 'events' | 'value';
  /** Those that were sampled. */
  readonly eventTypes: readonly string[];
  readonly by: Dimension | 'event_type' | null;
  /** Those with a series of their own. */
  readonly names: readonly string[];
  readonly share: SampledShare;
}

/** The statement for variances by `bucket:name`, where others are under `bucket` alone; from facts. */
export function factErrorsStatement(
  scope: FactScope,
  { starts, sum, eventTypes, by, names, share }: SeriesErrorOptions,
): ReportStatement {
  const params = new SqlParams();
  const name = by === null ? `''::text` : `coalesce(f.${by}, '')`;
  const rows = `SELECT ${bucketOf(params, 'f.occurred_at', starts)}
      || CASE WHEN ${name} = ANY (${params.add([...names], 'text[]')}) THEN ':' || ${name} ELSE '' END AS place,
      ${UNIT_OF_FACT}, ${AMOUNT_OF_FACT[sum]} AS amount
    FROM event_facts f
    WHERE f.sampling_unit IS NOT NULL AND f.event_type = ANY (${params.add([...eventTypes], 'text[]')})
      AND ${withinScope(params, scope)}${withinShare(share, 'f.sampling_unit')}`;
  return { sql: variancesSql(rows, ['amount'], share), parameters: params.values };
}

/** The same by bucket, as `bucket:`, from sums by UTC day: a day counts for the bucket that its noon lies in. */
export function dayErrorsStatement(
  scope: Pick<FactScope, 'siteId' | 'from' | 'to' | 'bots'>,
  { starts, eventTypes, share }: Pick<SeriesErrorOptions, 'starts' | 'eventTypes' | 'share'>,
): ReportStatement {
  const params = new SqlParams();
  const noon = `(u.day + interval '12 hours') AT TIME ZONE 'UTC'`;
  const conditions = [
    `u.site_id = ${params.add(scope.siteId, 'uuid')}`,
    `u.day >= ${params.add(scope.from.toISOString().slice(0, 10), 'date')}`,
    `u.day <= ${params.add(scope.to.toISOString().slice(0, 10), 'date')}`,
    `${noon} >= ${params.add(scope.from.toISOString(), 'timestamptz')}`,
    `${noon} < ${params.add(scope.to.toISOString(), 'timestamptz')}`,
    `u.event_type = ANY (${params.add([...eventTypes], 'text[]')})`,
    ...botCondition(scope.bots, 'u'),
  ];
  const rows = `SELECT ${bucketOf(params, noon, starts)} || ':' AS place, u.unit, u.sampling_rate::float8 / 100 AS p,
      u.counted * 100 / u.sampling_rate AS amount
    FROM sampled_units u WHERE ${conditions.join(' AND ')}${withinShare(share, 'u.unit')}`;
  return { sql: variancesSql(rows, ['amount'], share), parameters: params.values };
}
