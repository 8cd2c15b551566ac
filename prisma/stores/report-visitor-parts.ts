import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { reachingBackTo } from './event-reach.ts';
import { botCondition, type FactScope } from './fact-scope.ts';
import { idRange } from './id-range.ts';
import { SqlParams } from './sql-params.ts';
import type { Audience } from './visitor-sketches.ts';

interface Period {
  readonly from: Date;
  readonly to: Date;
}

export interface WholePiece {
  readonly bucket: number;
  readonly startsOn: Date;
}

/** Pieces of buckets; `bucket` is the number of the one that a piece is of. */
export interface VisitorPieces {
  /** Whole UTC months and days, by their first day. */
  readonly months: readonly WholePiece[];
  readonly days: readonly WholePiece[];
  /** On borders of quarters. */
  readonly quarters: readonly (Period & { readonly bucket: number })[];
  /** Finer than that. */
  readonly rests: readonly (Period & { readonly bucket: number })[];
}

const AUDIENCE: Readonly<Record<FactScope['bots'], Audience>> = { include: 'all', exclude: 'people', only: 'bots' };

const part = z.object({
  bucket: z.int(),
  /** HyperLogLog of a day or month; null for a day that is all of its bucket. */
  sketch: z.instanceof(Uint8Array).nullable(),
  /** How many are in a day, exactly. */
  visitors: z.number().nullable(),
  /** Of the whole bucket, distinct, 8 bytes each: visitors of whatever has no sketch. */
  hashes: z.instanceof(Uint8Array).nullable(),
});
export type VisitorPart = z.infer<typeof part>;

/**
 * What the distinct visitors of buckets are put together of: sketches of months and days, and visitors themselves of days
 * whose sketch is not there or not right any more, and of what is shorter than a day. A month of which any day is not
 * right is taken day by day. One statement, so that sketches and the list of those not right are of one moment.
 */
export async function findVisitorParts(
  db: SqlExecutor,
  scope: Pick<FactScope, 'siteId' | 'bots'>,
  pieces: VisitorPieces,
): Promise<VisitorPart[]> {
  const params = new SqlParams();
  const site = params.add(scope.siteId, 'uuid');
  const list = ({ length }: readonly unknown[], types: readonly string[], values: readonly (readonly unknown[])[]) =>
    length === 0
      ? `(SELECT ${types.map((type) => `NULL::${type}`).join(', ')} WHERE false)`
      : `unnest(${types.map((type, at) => `${params.add((values[at] ?? []).map(String), 'text[]')}::${type}[]`).join(', ')})`;
  const wholes = (listed: VisitorPieces['months']) =>
    list(
      listed,
      ['int', 'date'],
      [listed.map(({ bucket }) => bucket), listed.map(({ startsOn }) => startsOn.toISOString().slice(0, 10))],
    );
  const periods = (
    listed: VisitorPieces['quarters'],
    types: readonly string[],
    more: readonly (readonly unknown[])[],
  ) =>
    list(
      listed,
      ['int', 'timestamptz', 'timestamptz', ...types],
      [
        listed.map(({ bucket }) => bucket),
        listed.map(({ from }) => from.toISOString()),
        listed.map(({ to }) => to.toISOString()),
        ...more,
      ],
    );
  const bots = (alias: string) =>
    botCondition(scope.bots, alias)
      .map((condition) => ` AND ${condition}`)
      .join('');
  const sketched = (grain: string, piece: string) => `EXISTS (
    SELECT FROM visitor_sketches k
    WHERE k.site_id = ${site} AND k.grain = '${grain}' AND k.starts_on = ${piece}.starts_on)`;
  const ids = pieces.rests.map(idRange);
  const bounds = [ids.map(({ lowest }) => lowest), ids.map(({ beyond }) => beyond)];
  // OFFSET 0 keeps periods apart: each is a look into an index, where a join might read everything. Facts are not named
  // where nothing is read of them: to plan all of their partitions takes longer than the rest.
  const fromFacts = () => `SELECT r.bucket, f.visitor
    FROM ${periods(pieces.rests, ['uuid', 'uuid'], bounds)} AS r (bucket, since, until, low, high)
    CROSS JOIN LATERAL (
      SELECT visitor FROM event_facts f
      WHERE f.site_id = ${site} AND f.occurred_at >= r.since AND f.occurred_at < r.until
        AND f.occurred_at >= ${reachingBackTo(params, earliestOf(pieces.rests))}
        AND f.id >= r.low AND f.id < r.high AND f.visitor IS NOT NULL${bots('f')} OFFSET 0) AS f`;
  const rows = await db.$queryRawUnsafe(
    `WITH months AS MATERIALIZED (
      SELECT m.bucket, m.starts_on, ${sketched('month', 'm')} AND NOT EXISTS (
          SELECT FROM visitor_sketches_due d
          WHERE d.site_id = ${site} AND d.starts_on >= m.starts_on
            AND d.starts_on < (m.starts_on + interval '1 month')::date) AS sketched
      FROM ${wholes(pieces.months)} AS m (bucket, starts_on)
    ), days AS MATERIALIZED (
      SELECT d.bucket, d.starts_on, ${sketched('day', 'd')} AND NOT EXISTS (
          SELECT FROM visitor_sketches_due due WHERE due.site_id = ${site} AND due.starts_on = d.starts_on) AS sketched
      FROM (
        SELECT * FROM ${wholes(pieces.days)} AS given (bucket, starts_on)
        UNION ALL
        SELECT m.bucket, day::date FROM months m
        CROSS JOIN LATERAL generate_series(
          m.starts_on::timestamp, m.starts_on + interval '1 month' - interval '1 day', interval '1 day') AS day
        WHERE NOT m.sketched
      ) AS d
    ), quarters AS MATERIALIZED (
      SELECT * FROM ${periods(pieces.quarters, [], [])} AS given (bucket, since, until)
      UNION ALL
      SELECT bucket, starts_on::timestamp AT TIME ZONE 'UTC', (starts_on + 1)::timestamp AT TIME ZONE 'UTC'
      FROM days WHERE NOT sketched
    ), hashes AS (
      SELECT bucket, string_agg(int8send(visitor), ''::bytea) AS hashes
      FROM (
        SELECT DISTINCT bucket, visitor FROM (
          SELECT q.bucket, v.visitor FROM quarters q
          CROSS JOIN LATERAL (
            SELECT visitor FROM visitor_quarters v
            WHERE v.site_id = ${site} AND v.quarter >= q.since AND v.quarter < q.until${bots('v')} OFFSET 0) AS v
          ${pieces.rests.length === 0 ? '' : `UNION ALL ${fromFacts()}`}
        ) AS seen
      ) AS visitors
      GROUP BY bucket
    )
    SELECT bucket, CASE WHEN NOT alone THEN sketch END AS sketch, CASE WHEN grain = 'day' THEN visitors END::float8 AS visitors,
           NULL::bytea AS hashes
    FROM (
      SELECT p.bucket, p.grain, k.sketch, k.visitors, p.grain = 'day' AND count(*) OVER (PARTITION BY p.bucket) = 1
        AND p.bucket NOT IN (SELECT bucket FROM hashes) AS alone
      FROM (
        SELECT bucket, 'month' AS grain, starts_on FROM months WHERE sketched
        UNION ALL
        SELECT bucket, 'day', starts_on FROM days WHERE sketched
      ) AS p
      JOIN visitor_sketches k ON k.site_id = ${site} AND k.grain = p.grain AND k.starts_on = p.starts_on
        AND k.audience = '${AUDIENCE[scope.bots]}'
      WHERE k.visitors > 0
    ) AS sketched
    UNION ALL
    SELECT bucket, NULL, NULL, hashes FROM hashes`,
    ...params.values,
  );
  return z.array(part).parse(rows);
}

const earliestOf = (periods: readonly Period[]) => new Date(Math.min(...periods.map(({ from }) => from.getTime())));
