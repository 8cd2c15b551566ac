import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { type FactScope, withinTime } from './fact-scope.ts';
import { SqlParams } from './sql-params.ts';

const totals = z.object({ events: z.number(), stored: z.number(), value: z.number() });

/** Of all that was ever counted, from the sums by month. */
export async function readSiteTotals(db: SqlExecutor, siteId: string): Promise<z.infer<typeof totals>> {
  const rows = await db.$queryRaw`
    SELECT coalesce(sum(events), 0)::float8 AS events, coalesce(sum(stored), 0)::float8 AS stored,
           coalesce(sum(amount), 0)::float8 AS value
    FROM dimension_months WHERE site_id = ${siteId}::uuid AND dimension = 'source'`;
  return z.tuple([totals]).parse(rows)[0];
}

const hour = z.object({ hour: z.int(), events: z.number() });

/** Events of a period by the hour of the day in a time zone; hours without any are left out. */
export async function readHoursOfDay(
  db: SqlExecutor,
  { siteId, from, to, timeZone }: Pick<FactScope, 'siteId' | 'from' | 'to'> & { readonly timeZone: string },
): Promise<z.infer<typeof hour>[]> {
  const rows = await db.$queryRaw`
    SELECT extract(hour FROM quarter AT TIME ZONE ${timeZone})::int AS hour, sum(events)::float8 AS events
    FROM site_counts
    WHERE site_id = ${siteId}::uuid AND quarter >= ${from}::timestamptz AND quarter < ${to}::timestamptz
    GROUP BY 1 ORDER BY 1`;
  return z.array(hour).parse(rows);
}

const entity = z.object({ name: z.string(), events: z.number() });

/** Entities that most happened to, as `type/id`. */
export async function readTopEntities(
  db: SqlExecutor,
  scope: Pick<FactScope, 'siteId' | 'from' | 'to'>,
  limit: number,
): Promise<z.infer<typeof entity>[]> {
  const params = new SqlParams();
  const sql = `SELECT f.entity_type || '/' || f.entity_id AS name, sum(f.weight)::float8 AS events FROM event_facts f
    WHERE f.site_id = ${params.add(scope.siteId, 'uuid')} AND ${withinTime(params, scope)} AND f.entity_id IS NOT NULL
    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${params.add(limit, 'int')}`;
  return z.array(entity).parse(await db.$queryRawUnsafe(sql, ...params.values));
}
