import type { Recount } from './recount-events.ts';

export const siteCounts: Recount = {
  table: 'site_counts',
  sql: `SELECT site_id, quarter, is_bot, sum(weight) AS events, count(*) AS stored, coalesce(sum(value * weight), 0) AS value
        FROM counted GROUP BY site_id, quarter, is_bot`,
};

export const eventCounts: Recount = {
  table: 'event_counts',
  sql: `SELECT site_id, event_type, quarter, coalesce(service, '') AS service, is_bot,
               sum(weight) AS events, count(*) AS stored, coalesce(sum(value * weight), 0) AS value
        FROM counted GROUP BY site_id, event_type, quarter, coalesce(service, ''), is_bot`,
};
