import type { Recount } from './recount-events.ts';

const of = (eventType: string) => `coalesce(sum(weight) FILTER (WHERE event_type = '${eventType}'), 0)`;

const by = (time: 'day' | 'month') => `
        SELECT site_id, ${time}, campaign_id, coalesce(influencer_id, '') AS influencer_id, is_bot,
               ${of('campaign_impression')} AS impressions,
               ${of('element_clicked')} AS clicks,
               ${of('campaign_conversion')} AS conversions,
               coalesce(sum(value * weight), 0) AS value, coalesce(sum(cost * weight), 0) AS cost, count(*) AS stored
        FROM counted WHERE campaign_id IS NOT NULL
        GROUP BY site_id, ${time}, campaign_id, coalesce(influencer_id, ''), is_bot`;

export const campaignDays: Recount = { table: 'campaign_days', sql: by('day') };
export const campaignMonths: Recount = { table: 'campaign_months', sql: by('month') };
