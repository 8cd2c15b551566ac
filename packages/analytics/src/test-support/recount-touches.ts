import type { Recount } from './recount-events.ts';

/** A conversion's visitor in its 90 days; of nobody known, the event itself. */
const touch = (direction: 'ASC' | 'DESC') => `
  SELECT coalesce(t.campaign_id, t.utm_campaign) AS campaign, coalesce(t.utm_source, t.influencer_id) AS source
  FROM counted t
  WHERE (t.campaign_id IS NOT NULL OR t.utm_campaign IS NOT NULL)
    AND t.site_id = c.site_id AND (t.id = c.id OR t.visitor = c.visitor)
    AND t.occurred_at >= c.occurred_at - interval '2160 hours'
    AND (t.occurred_at, t.id) <= (c.occurred_at, c.id)
  ORDER BY t.occurred_at ${direction}, t.id ${direction} LIMIT 1`;

const CONVERSIONS = `
        SELECT c.id AS event_id, c.site_id, c.visitor, c.is_bot, c.occurred_at, c.weight, coalesce(c.value, 0) AS value,
               first.campaign AS first_campaign, first.source AS first_source,
               last.campaign AS last_campaign, last.source AS last_source
        FROM counted c LEFT JOIN LATERAL (${touch('ASC')}) first ON true LEFT JOIN LATERAL (${touch('DESC')}) last ON true
        WHERE c.conversion`;

export const conversionTouches: Recount = { table: 'conversion_touches', sql: CONVERSIONS };

const byTouch = (grain: 'day' | 'month', model: 'first' | 'last') => `
  SELECT site_id, date_trunc('${grain}', occurred_at AT TIME ZONE 'UTC')::date AS ${grain}, '${model}' AS model,
         coalesce(${model}_campaign, '') AS campaign, coalesce(${model}_source, '') AS source, is_bot,
         sum(weight) AS conversions, sum(value * weight) AS value, count(*) AS stored
  FROM (${CONVERSIONS}) conversions GROUP BY 1, 2, 3, 4, 5, 6`;

const sums = (grain: 'day' | 'month'): Recount => ({
  table: `touch_${grain}s`,
  sql: `${byTouch(grain, 'first')} UNION ALL ${byTouch(grain, 'last')}`,
});

export const touchDays = sums('day');
export const touchMonths = sums('month');
