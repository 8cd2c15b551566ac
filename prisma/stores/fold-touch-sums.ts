import type { DayMonthSums } from './day-month-sums.ts';

/** CTE `touch_changes`: what conversions add as they `became`, less what they did as they `was`, by each of their touches. */
export const TOUCH_CHANGES = `touch_changes AS MATERIALIZED (
  SELECT s.site_id, (s.occurred_at AT TIME ZONE 'UTC')::date AS day, m.model, coalesce(m.campaign, '') AS campaign,
         coalesce(m.source, '') AS source, s.is_bot, sum(sign * s.weight) AS conversions,
         sum(sign * s.value * s.weight) AS value, sum(sign) AS stored
  FROM (SELECT 1 AS sign, became.* FROM became UNION ALL SELECT -1, was.* FROM was) s
  CROSS JOIN LATERAL (VALUES ('first', s.first_campaign, s.first_source), ('last', s.last_campaign, s.last_source))
    AS m (model, campaign, source)
  GROUP BY 1, 2, 3, 4, 5, 6
  HAVING sum(sign) <> 0 OR sum(sign * s.weight) <> 0 OR sum(sign * s.value * s.weight) <> 0
)`;

/** Sums over conversions by the day and month of the conversion. */
export function touchSums(tables: { readonly days: string; readonly months: string }): DayMonthSums {
  return {
    ...tables,
    changes: 'touch_changes',
    keys: { site_id: 'uuid', model: 'text', campaign: 'text', source: 'text', is_bot: 'boolean' },
    sums: ['conversions', 'value', 'stored'],
    holds: 'stored',
  };
}
