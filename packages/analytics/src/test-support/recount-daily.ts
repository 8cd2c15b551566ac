import type { Recount } from './recount-events.ts';

export const dailyStats: Recount = {
  table: 'daily_stats',
  sql: `SELECT site_id, day, is_bot, sum(weight) AS events,
               coalesce(sum(weight) FILTER (WHERE page IS NOT NULL), 0) AS page_views,
               coalesce(sum(weight) FILTER (WHERE conversion), 0) AS conversions,
               coalesce(sum(value * weight), 0) AS value, count(*) AS stored
        FROM counted GROUP BY site_id, day, is_bot`,
};
