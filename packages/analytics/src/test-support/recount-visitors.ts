import type { Recount } from './recount-events.ts';

export const visitorQuarters: Recount = {
  table: 'visitor_quarters',
  sql: `SELECT site_id, quarter, visitor, is_bot, count(*) AS stored
        FROM counted WHERE visitor IS NOT NULL GROUP BY site_id, quarter, visitor, is_bot`,
};

export const sampledUnits: Recount = {
  table: 'sampled_units',
  sql: `SELECT site_id, day, event_type, unit, sampling_rate, is_bot, sum(count) AS counted, count(*) AS stored
        FROM counted WHERE sampling_rate < 100 GROUP BY site_id, day, event_type, unit, sampling_rate, is_bot`,
};
