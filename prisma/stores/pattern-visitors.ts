import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const visitorRows = z.array(
  z.object({
    sessions: z.number(),
    pageViews: z.number(),
    seconds: z.number(),
    conversions: z.number(),
    mobile: z.number(),
    night: z.number(),
    campaign: z.number(),
    latestSession: z.string(),
    latestStart: z.date(),
  }),
);
export type VisitorRow = z.infer<typeof visitorRows>[number];

export interface PatternScope {
  readonly siteId: string;
  readonly from: Date;
  readonly to: Date;
}

/** People and what their sessions of a period were like; of more than `most` those that chance picks, always the same. */
export async function readPatternVisitors(
  db: SqlExecutor,
  { siteId, from, to }: PatternScope,
  { timeZone, most }: { readonly timeZone: string; readonly most: number },
): Promise<VisitorRow[]> {
  const rows = await db.$queryRawUnsafe(
    `SELECT count(*)::float AS sessions, avg(page_views)::float AS "pageViews",
       avg(extract(epoch FROM ended_at - started_at))::float AS seconds, sum(conversions)::float AS conversions,
       100 * avg((coalesce(device_type, '') IN ('mobile', 'tablet'))::int)::float AS mobile,
       100 * avg((extract(hour FROM started_at AT TIME ZONE $4) NOT BETWEEN 6 AND 17)::int)::float AS night,
       100 * avg((utm_campaign IS NOT NULL)::int)::float AS campaign,
       (array_agg(id::text ORDER BY started_at DESC, id))[1] AS "latestSession", max(started_at) AS "latestStart"
     FROM sessions
     WHERE site_id = $1::uuid AND started_at >= $2::timestamptz AND started_at < $3::timestamptz
       AND NOT is_bot AND visitor IS NOT NULL
     GROUP BY visitor ORDER BY hashint8(visitor), visitor LIMIT $5`,
    siteId,
    from.toISOString(),
    to.toISOString(),
    timeZone,
    most,
  );
  return visitorRows.parse(rows);
}
