import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { botCondition, type FactScope, withinScope } from './fact-scope.ts';
import { SqlParams } from './sql-params.ts';

interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** What visitors are counted from: quarters of an hour, and facts for what is finer. */
export interface VisitorSources {
  /** On borders of quarters. */
  readonly quarters: readonly Period[];
  readonly rests: readonly Period[];
}

export interface VisitorStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

const counted = z.array(z.object({ n: z.int(), visitors: z.number() }));

/**
 * The statement that counts distinct visitors exactly, by bucket: rows of `n`, the number of the bucket from 0, and
 * `visitors`. `buckets` are in order and apart; those without visitors have no row. Without buckets, all is bucket 0.
 */
export function visitorsStatement(
  scope: FactScope,
  { quarters, rests }: VisitorSources,
  buckets: readonly Period[] | null,
): VisitorStatement {
  const params = new SqlParams();
  const number = bucketNumber(params, buckets);
  const fromQuarters = quarters.map(
    (period) => `SELECT ${number('v.quarter')} AS n, v.visitor FROM visitor_quarters v
      WHERE ${withinQuarters(params, scope, period)}`,
  );
  const fromFacts = rests.map(
    (period) => `SELECT ${number('f.occurred_at')} AS n, f.visitor FROM event_facts f
      WHERE f.visitor IS NOT NULL AND ${withinScope(params, { ...scope, ...period })}`,
  );
  // Two steps: distinct rows are hashed, where count(DISTINCT) would sort them.
  const sql = `SELECT n, count(*)::float8 AS visitors
    FROM (SELECT DISTINCT n, visitor FROM (${[...fromQuarters, ...fromFacts].join(' UNION ALL ')}) AS seen
          WHERE n IS NOT NULL) AS visitors
    GROUP BY n`;
  return { sql, parameters: params.values };
}

const found = z.tuple([z.object({ visits: z.int() })]);

/**
 * How many rows of visitors a period has, of which there is one for each quarter of an hour: of people and bots, for to look
 * for either would cost more than the answer. Looks at one more than `atMost` at the most.
 */
export async function countVisits(db: SqlExecutor, scope: FactScope, atMost: number): Promise<number> {
  const params = new SqlParams();
  const rows = await db.$queryRawUnsafe(
    `SELECT count(*)::int AS visits FROM (
       SELECT FROM visitor_quarters v WHERE ${withinQuarters(params, { ...scope, bots: 'include' }, scope)}
       LIMIT ${params.add(atMost + 1, 'int')}
     ) AS looked`,
    ...params.values,
  );
  return found.parse(rows)[0].visits;
}

/** Visitors by the number of their bucket. */
export async function runVisitorsStatement(
  db: SqlExecutor,
  { sql, parameters }: VisitorStatement,
): Promise<ReadonlyMap<number, number>> {
  const rows = counted.parse(await db.$queryRawUnsafe(sql, ...parameters));
  return new Map(rows.map(({ n, visitors }) => [n, visitors]));
}

/** An expression for the number of the bucket that a time lies in, null in a gap between two. */
function bucketNumber(params: SqlParams, buckets: readonly Period[] | null): (time: string) => string {
  if (buckets === null) return () => '0';
  const starts = instants(
    params,
    buckets.map(({ from }) => from),
  );
  const ends = instants(
    params,
    buckets.map(({ to }) => to),
  );
  return (time) => `CASE WHEN ${time} < ${ends}[width_bucket(${time}, ${starts})]
    THEN width_bucket(${time}, ${starts}) - 1 END`;
}

/** A subselect, which is worked out once: the cast would be made for every row. */
function instants(params: SqlParams, dates: readonly Date[]): string {
  const texts = dates.map((date) => date.toISOString());
  return `(SELECT ${params.add(texts, 'text[]')}::timestamptz[])`;
}

function withinQuarters(params: SqlParams, scope: Pick<FactScope, 'siteId' | 'bots'>, { from, to }: Period): string {
  return [
    `v.site_id = ${params.add(scope.siteId, 'uuid')}`,
    `v.quarter >= ${params.add(from.toISOString(), 'timestamptz')}`,
    `v.quarter < ${params.add(to.toISOString(), 'timestamptz')}`,
    ...botCondition(scope.bots, 'v'),
  ].join(' AND ');
}
