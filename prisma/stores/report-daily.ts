import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { botCondition, type FactScope, withinScope } from './fact-scope.ts';
import { bucketOf, type SeriesSources, type SeriesStatement } from './report-timeseries.ts';
import { SqlParams } from './sql-params.ts';

const dayRow = z.object({
  bucket: z.int(),
  events: z.number(),
  stored: z.number(),
  pageViews: z.number(),
  conversions: z.number(),
  value: z.number(),
});
export type DayRow = z.infer<typeof dayRow>;

export interface DaySources extends SeriesSources {
  readonly pageViewTypes: readonly string[];
  readonly conversionTypes: readonly string[];
}

/**
 * The statement for what each bucket comes to: from days, from quarters, and from facts where a border lies within a
 * quarter. Of quarters by type it reads those of the types that count as something, for there is one for each type.
 */
export function daysStatement(scope: FactScope, starts: readonly Date[], sources: DaySources): SeriesStatement {
  const params = new SqlParams();
  const views = params.add([...sources.pageViewTypes], 'text[]');
  const converting = params.add([...sources.conversionTypes], 'text[]');
  const counted = (
    alias: string,
    amount: string,
  ) => `CASE WHEN ${alias}.event_type = ANY (${views}) THEN ${amount} ELSE 0 END,
    CASE WHEN ${alias}.event_type = ANY (${converting}) THEN ${amount} ELSE 0 END`;
  const site = params.add(scope.siteId, 'uuid');
  const within = (alias: string, column: string, from: string, to: string) =>
    [
      `${alias}.site_id = ${site} AND ${alias}.${column} >= ${from} AND ${alias}.${column} < ${to}`,
      ...botCondition(scope.bots, alias),
    ].join(' AND ');
  const days = sources.days.map(({ from, to }) => {
    const [first, last] = [from, to].map((date) => params.add(date.toISOString().slice(0, 10), 'date'));
    return `SELECT d.day::timestamp AT TIME ZONE 'UTC', d.events, d.stored, d.page_views, d.conversions, d.value
      FROM daily_stats d WHERE ${within('d', 'day', `${first}`, `${last}`)}`;
  });
  const quarters = sources.quarters.map(({ from, to }) => {
    const [first, last] = [from, to].map((date) => params.add(date.toISOString(), 'timestamptz'));
    return `SELECT c.quarter, c.events, c.stored, 0, 0, c.value FROM site_counts c
        WHERE ${within('c', 'quarter', `${first}`, `${last}`)}
      UNION ALL
      SELECT c.quarter, 0, 0, ${counted('c', 'c.events')}, 0 FROM event_counts c
        WHERE ${within('c', 'quarter', `${first}`, `${last}`)} AND c.event_type = ANY (${views} || ${converting})`;
  });
  const rests = sources.rests.map(
    ({ from, to }) => `SELECT f.occurred_at, f.weight, 1, ${counted('f', 'f.weight')}, coalesce(f.value, 0) * f.weight
      FROM event_facts f WHERE ${withinScope(params, { ...scope, from, to })}`,
  );
  // Days leave the types unused, facts the site; and Postgres does not guess at a parameter that it sees nowhere.
  const none = `SELECT NULL::timestamptz, 0::float8, 0::bigint, 0::float8, 0::float8, 0::float8
    WHERE ${views} IS NULL AND ${converting} IS NULL AND ${site} IS NULL`;
  const sql = `SELECT ${bucketOf(params, 'at', starts)} AS bucket, sum(events)::float8 AS events,
      sum(stored)::float8 AS stored, sum(page_views)::float8 AS "pageViews", sum(conversions)::float8 AS conversions,
      sum(value)::float8 AS value
    FROM (${[none, ...days, ...quarters, ...rests].join(' UNION ALL ')})
      AS parts (at, events, stored, page_views, conversions, value) GROUP BY 1`;
  return { sql, parameters: params.values };
}

export async function readDays(db: SqlExecutor, { sql, parameters }: SeriesStatement): Promise<DayRow[]> {
  return z.array(dayRow).parse(await db.$queryRawUnsafe(sql, ...parameters));
}
