import type { Recount } from './recount-events.ts';

const by = (time: 'day' | 'month') => `
  SELECT site_id, entity_type, ${time}, entity_id, event_type, is_bot,
         sum(weight) AS events, count(*) AS stored, coalesce(sum(value * weight), 0) AS value
  FROM counted WHERE entity_type IS NOT NULL AND entity_id IS NOT NULL
  GROUP BY site_id, entity_type, ${time}, entity_id, event_type, is_bot`;

export const entityDays: Recount = { table: 'entity_days', sql: by('day') };
export const entityMonths: Recount = { table: 'entity_months', sql: by('month') };
