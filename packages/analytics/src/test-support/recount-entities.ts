import type { Recount } from './recount-events.ts';

const sums = (time: 'day' | 'month', entityId: string, eventType: string) => `
  SELECT site_id, entity_type, ${time}, ${entityId} AS entity_id, ${eventType} AS event_type, is_bot,
         sum(weight) AS events, count(*) AS stored, coalesce(sum(value * weight), 0) AS value
  FROM counted WHERE entity_type IS NOT NULL AND entity_id <> '' GROUP BY 1, 2, 3, 4, 5, 6`;

const byMonth = [
  sums('month', 'entity_id', 'event_type'),
  sums('month', 'entity_id', `''`),
  sums('month', `''`, 'event_type'),
];

export const entityDays: Recount = { table: 'entity_days', sql: sums('day', 'entity_id', 'event_type') };
export const entityMonths: Recount = { table: 'entity_months', sql: byMonth.join(' UNION ALL ') };
