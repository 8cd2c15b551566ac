import type { Dimension } from '@tallymark/contract/reports/dimensions';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { botCondition, type FactScope, withinScope } from './fact-scope.ts';
import { SqlParams } from './sql-params.ts';

interface Period {
  readonly from: Date;
  readonly to: Date;
}

export interface SeriesStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Where a series is counted from: UTC days and quarters of an hour where buckets begin on them, facts for the rest. */
export interface SeriesSources {
  readonly days: readonly Period[];
  readonly quarters: readonly Period[];
  readonly rests: readonly Period[];
}

/** Which values have a series of their own: the most frequent, or those named. What others come to is under null. */
export type SeriesNames = { readonly most: number } | readonly string[];

export interface SeriesOptions {
  readonly sources: SeriesSources;
  /** Where buckets begin, in order. */
  readonly starts: readonly Date[];
  readonly sum: 'events' | 'value';
  /** Null for all. */
  readonly eventTypes: readonly string[] | null;
  /** Null: one series, of the name ''. */
  readonly by: Dimension | 'event_type' | null;
  readonly names: SeriesNames;
}

export const AMOUNT_OF_FACT = { events: 'f.weight', value: 'coalesce(f.value, 0) * f.weight' } as const;

/** Sums by the number of a bucket and by a value. Quarters know no dimension but type and service. */
export function seriesStatement(
  scope: FactScope,
  { sources, starts, sum, eventTypes, by, names }: SeriesOptions,
): SeriesStatement {
  const params = new SqlParams();
  const types = (alias: string) =>
    eventTypes === null ? [] : [`${alias}.event_type = ANY (${params.add([...eventTypes], 'text[]')})`];
  const perType = eventTypes !== null || by !== null;
  const kept = (alias: string, column: string, type: 'date' | 'timestamptz', { from, to }: Period) => {
    const border = (date: Date) => params.add(date.toISOString().slice(0, type === 'date' ? 10 : undefined), type);
    return [
      `${alias}.site_id = ${params.add(scope.siteId, 'uuid')}`,
      `${alias}.${column} >= ${border(from)} AND ${alias}.${column} < ${border(to)}`,
      ...(perType ? types(alias) : []),
      ...botCondition(scope.bots, alias),
    ].join(' AND ');
  };
  const name = by === null ? 'NULL' : `c.${by}`;
  const days = (period: Period) =>
    perType
      ? `SELECT c.day::timestamp AT TIME ZONE 'UTC', ${by === null || by === 'event_type' ? name : 'c.value'},
           c.${sum === 'value' ? 'amount' : 'events'}
         FROM dimension_days c WHERE ${kept('c', 'day', 'date', period)}
           AND c.dimension = ${params.add(by === null || by === 'event_type' ? 'source' : by, 'text')}`
      : `SELECT c.day::timestamp AT TIME ZONE 'UTC', NULL, c.${sum} FROM daily_stats c
         WHERE ${kept('c', 'day', 'date', period)}`;
  const quarters = (period: Period) => `SELECT c.quarter, ${name}, c.${sum}
    FROM ${perType ? 'event_counts' : 'site_counts'} c WHERE ${kept('c', 'quarter', 'timestamptz', period)}`;
  const facts = ({
    from,
    to,
  }: Period) => `SELECT f.occurred_at, ${by === null ? 'NULL' : `f.${by}`}, ${AMOUNT_OF_FACT[sum]}
    FROM event_facts f WHERE ${[withinScope(params, { ...scope, from, to }), ...types('f')].join(' AND ')}`;
  const parts = [...sources.days.map(days), ...sources.quarters.map(quarters), ...sources.rests.map(facts)];
  return { sql: seriesSql(params, parts.join(' UNION ALL '), starts, names), parameters: params.values };
}

/** Distinct visitors by the number of a bucket and by a value, from facts. */
export function visitorSeriesStatement(
  scope: FactScope,
  { starts, by, names }: Pick<SeriesOptions, 'starts' | 'names'> & { readonly by: Dimension | 'event_type' },
): SeriesStatement {
  const params = new SqlParams();
  const sql = `WITH cells AS MATERIALIZED (
      SELECT DISTINCT ${bucketOf(params, 'f.occurred_at', starts)} AS bucket, coalesce(f.${by}, '') AS name, f.visitor
      FROM event_facts f WHERE f.visitor IS NOT NULL AND ${withinScope(params, scope)}
    ), top AS (${topSql(params, 'count(DISTINCT visitor)', names)})
    SELECT c.bucket, t.name, count(DISTINCT c.visitor)::float8 AS value
    FROM cells c LEFT JOIN top t ON t.name = c.name GROUP BY 1, 2`;
  return { sql, parameters: params.values };
}

/** `rows` are (time, name, amount); answers (bucket, name, value). */
export function seriesSql(params: SqlParams, rows: string, starts: readonly Date[], names: SeriesNames): string {
  return `WITH cells AS MATERIALIZED (
      SELECT ${bucketOf(params, 'at', starts)} AS bucket, coalesce(name, '') AS name, sum(amount)::float8 AS value
      FROM (${rows}) AS parts (at, name, amount) GROUP BY 1, 2
    ), top AS (${topSql(params, 'sum(value)', names)})
    SELECT c.bucket, t.name, sum(c.value)::float8 AS value
    FROM cells c LEFT JOIN top t ON t.name = c.name GROUP BY 1, 2`;
}

const topSql = (params: SqlParams, measure: string, names: SeriesNames) =>
  'most' in names
    ? `SELECT name FROM cells GROUP BY name ORDER BY ${measure} DESC, name LIMIT ${params.add(names.most, 'int')}`
    : `SELECT name FROM unnest(${params.add([...names], 'text[]')}) AS name`;

/** The number of the bucket that a time lies in, from 0. A subselect, which is worked out once and not for every row. */
export function bucketOf(params: SqlParams, time: string, starts: readonly Date[]): string {
  const texts = starts.map((start) => start.toISOString());
  return `(width_bucket(${time}, (SELECT ${params.add(texts, 'text[]')}::timestamptz[])) - 1)`;
}

const cell = z.object({ bucket: z.int(), name: z.string().nullable(), value: z.number() });
export type SeriesCell = z.infer<typeof cell>;

export async function readSeries(db: SqlExecutor, { sql, parameters }: SeriesStatement): Promise<SeriesCell[]> {
  return z.array(cell).parse(await db.$queryRawUnsafe(sql, ...parameters));
}
