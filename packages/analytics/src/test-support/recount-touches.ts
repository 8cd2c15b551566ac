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

export const conversionTouches: Recount = {
  table: 'conversion_touches',
  sql: `SELECT c.id AS event_id, c.site_id, c.visitor, c.is_bot, c.occurred_at, c.weight, coalesce(c.value, 0) AS value,
               first.campaign AS first_campaign, first.source AS first_source,
               last.campaign AS last_campaign, last.source AS last_source
        FROM counted c LEFT JOIN LATERAL (${touch('ASC')}) first ON true LEFT JOIN LATERAL (${touch('DESC')}) last ON true
        WHERE c.conversion`,
};
