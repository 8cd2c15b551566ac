import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { botCondition, type FactScope, withinScope } from './fact-scope.ts';
import { type SampledShare, withinShare } from './sampled-share.ts';
import { SqlParams } from './sql-params.ts';

interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** What the variance is worked out from: sums by UTC day, and facts for the rest. */
export interface SamplingSources {
  /** Whole UTC days. */
  readonly days: readonly Period[];
  readonly rests: readonly Period[];
}

export interface SamplingStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export interface VarianceWanted {
  readonly eventTypes: readonly string[] | null;
  readonly byType: boolean;
  readonly share: SampledShare;
}

/**
 * The statement for the estimated variance of a count by type, or of all types as `event_type` null; no row where nothing
 * was sampled. Each unit adds Σ_i Σ_j (t_i/p_i)(t_j/p_j)(1 - max(p_i, p_j)) over its rates: with rates in order, each
 * rate (t_i/p_i)(1 - p_i) times twice all up to it, less itself.
 */
export function varianceStatement(
  scope: FactScope,
  { days, rests }: SamplingSources,
  { eventTypes, byType, share }: VarianceWanted,
): SamplingStatement {
  const params = new SqlParams();
  const type = (alias: string) => (byType ? `${alias}.event_type` : 'NULL::text');
  const types = (alias: string) =>
    eventTypes === null ? '' : ` AND ${alias}.event_type = ANY (${params.add([...eventTypes], 'text[]')})`;
  const fromDays = days.map(
    (period) => `SELECT ${type('u')} AS event_type, u.unit, u.sampling_rate::float8 / 100 AS p, u.counted
      FROM sampled_units u WHERE ${withinDays(params, scope, period, 'u')}${types('u')}${withinShare(share, 'u.unit')}`,
  );
  // Days that nothing was sampled on, as nearly all are where no rule is set, need not be looked through.
  const fromFacts = rests.map(
    (period) => `SELECT ${type('f')}, f.sampling_unit, f.sampling_rate::float8 / 100, f.weight * f.sampling_rate / 100
      FROM event_facts f
      WHERE f.sampling_unit IS NOT NULL AND ${withinScope(params, { ...scope, ...period })}${types('f')}${withinShare(share, 'f.sampling_unit')}
        AND (SELECT EXISTS (SELECT FROM sampled_units u WHERE ${withinDays(params, scope, daysOf(period), 'u')}${types('u')}))`,
  );
  const sql = `WITH kept AS (
      SELECT event_type, unit, p, sum(counted) / p AS estimate
      FROM (${[...fromDays, ...fromFacts].join(' UNION ALL ')}) AS kept (event_type, unit, p, counted)
      GROUP BY event_type, unit, p
    ), paired AS (
      SELECT event_type, estimate * (1 - p) * (
        2 * sum(estimate) OVER (PARTITION BY event_type, unit ORDER BY p ROWS UNBOUNDED PRECEDING) - estimate) AS variance
      FROM kept
    )
    SELECT event_type AS "eventType", sum(variance) * ${share.factor} AS variance, count(*)::int AS units
    FROM paired GROUP BY event_type`;
  return { sql, parameters: params.values };
}

const varianceRow = z.object({
  /** Null where it is of all types together. */
  eventType: z.string().nullable(),
  variance: z.number(),
  /** How many it was worked out from. */
  units: z.int(),
});
export type EstimatedVariance = z.infer<typeof varianceRow>;

export async function readVariances(
  db: SqlExecutor,
  { sql, parameters }: SamplingStatement,
): Promise<EstimatedVariance[]> {
  return z.array(varianceRow).parse(await db.$queryRawUnsafe(sql, ...parameters));
}

/** The types that events of a site were ever sampled of: a look into the index for each. */
export async function findTypesSampled(db: SqlExecutor, siteId: string): Promise<string[]> {
  const rows = await db.$queryRaw`
    WITH RECURSIVE sampled AS (
      (SELECT event_type FROM sampled_units WHERE site_id = ${siteId}::uuid ORDER BY event_type LIMIT 1)
      UNION ALL
      SELECT (SELECT u.event_type FROM sampled_units u
              WHERE u.site_id = ${siteId}::uuid AND u.event_type > sampled.event_type ORDER BY u.event_type LIMIT 1)
      FROM sampled WHERE sampled.event_type IS NOT NULL
    )
    SELECT event_type AS "eventType" FROM sampled WHERE event_type IS NOT NULL`;
  return z
    .array(z.object({ eventType: z.string() }))
    .parse(rows)
    .map(({ eventType }) => eventType);
}

function withinDays(
  params: SqlParams,
  scope: Pick<FactScope, 'siteId' | 'bots'>,
  { from, to }: Period,
  u: string,
): string {
  return [
    `${u}.site_id = ${params.add(scope.siteId, 'uuid')}`,
    `${u}.day >= ${params.add(from.toISOString().slice(0, 10), 'date')}`,
    `${u}.day < ${params.add(to.toISOString().slice(0, 10), 'date')}`,
    ...botCondition(scope.bots, u),
  ].join(' AND ');
}

const DAY_MS = 86_400_000;

/** All the UTC days that a period touches. */
function daysOf({ from, to }: Period): Period {
  const day = (ms: number) => new Date(Math.floor(ms / DAY_MS) * DAY_MS);
  return { from: day(from.getTime()), to: day(to.getTime() + DAY_MS - 1) };
}

/** Those of the types that events were sampled of, on a UTC day that the period touches. One look a type. */
export async function findSampledTypes(
  db: SqlExecutor,
  { siteId, from, to }: Pick<FactScope, 'siteId' | 'from' | 'to'>,
  eventTypes: readonly string[],
): Promise<string[]> {
  if (from >= to || eventTypes.length === 0) return [];
  const params = new SqlParams();
  const day = (time: number) => params.add(new Date(time).toISOString().slice(0, 10), 'date');
  // In the order of the index: of types that were never sampled, a look through the table would find out last.
  const sql = `SELECT t.event_type AS "eventType" FROM unnest(${params.add([...eventTypes], 'text[]')}) AS t (event_type)
    CROSS JOIN LATERAL (
      SELECT FROM sampled_units u
      WHERE u.site_id = ${params.add(siteId, 'uuid')} AND u.event_type = t.event_type
        AND u.day >= ${day(from.getTime())} AND u.day <= ${day(to.getTime() - 1)}
      ORDER BY u.day LIMIT 1) AS found`;
  const rows = z.array(z.object({ eventType: z.string() })).parse(await db.$queryRawUnsafe(sql, ...params.values));
  return rows.map(({ eventType }) => eventType);
}

export async function wasSampled(
  db: SqlExecutor,
  scope: Pick<FactScope, 'siteId' | 'from' | 'to'>,
  eventTypes: readonly string[],
): Promise<boolean> {
  return (await findSampledTypes(db, scope, eventTypes)).length > 0;
}
