import { DIMENSIONS } from '@tallymark/contract/reports/dimensions';
import type { Recount } from './recount-events.ts';

const one = (dimension: string, time: 'day' | 'month') => `
  SELECT site_id, '${dimension}' AS dimension, ${time}, event_type, coalesce(${dimension}, '') AS value, is_bot,
         sum(weight) AS events, count(*) AS stored, coalesce(sum(counted.value * weight), 0) AS amount
  FROM counted GROUP BY site_id, ${time}, event_type, coalesce(${dimension}, ''), is_bot`;

const all = (time: 'day' | 'month') => DIMENSIONS.map((dimension) => one(dimension, time)).join(' UNION ALL ');

export const dimensionDays: Recount = { table: 'dimension_days', sql: all('day') };
export const dimensionMonths: Recount = { table: 'dimension_months', sql: all('month') };
