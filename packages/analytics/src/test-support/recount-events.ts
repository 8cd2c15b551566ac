/**
 * CTE `counted` of every recount: the events of the sites $1 that count, each with what it says, straight from events and
 * attribution. What the demo plan says of its types is written out here.
 */
export const COUNTED = `counted AS (
  SELECT
    e.id, e.site_id, e.occurred_at, e.event_type, e.source, e.service, e.entity_type, e.entity_id, e.sampling_rate,
    (e.occurred_at AT TIME ZONE 'UTC')::date AS day,
    date_trunc('month', e.occurred_at AT TIME ZONE 'UTC')::date AS month,
    date_trunc('hour', e.occurred_at)
      + floor(extract(minute FROM e.occurred_at) / 15) * interval '15 minutes' AS quarter,
    e.count,
    e.count * 100 / e.sampling_rate::float8 AS weight,
    hashtextextended(e.visitor_id, 0) AS visitor,
    hashtextextended(coalesce(e.visitor_id, e.session_id, e.actor_id, e.id::text), 0) AS unit,
    a.is_bot, a.channel, a.referrer_domain, a.utm_source, a.utm_medium, a.utm_campaign, a.utm_content, a.utm_term,
    a.device_type, a.browser, a.os,
    lower(split_part(e.touch_json ->> 'language', '-', 1)) AS language,
    nullif(upper(split_part(e.touch_json ->> 'language', '-', 2)), '') AS country,
    (a.session_json ->> 'id')::uuid AS session_id,
    CASE WHEN e.event_type = 'page_viewed' AND e.schema_version = 1 THEN e.props_json ->> 'url'
         WHEN e.event_type = 'page_viewed' THEN e.props_json ->> 'path' END AS page,
    CASE e.event_type
      WHEN 'license_created' THEN (e.props_json ->> 'feeCents')::float8
      WHEN 'campaign_conversion' THEN (e.props_json ->> 'value')::float8 END AS value,
    CASE e.event_type WHEN 'campaign_impression' THEN (e.props_json ->> 'costCents')::float8 END AS cost,
    CASE WHEN e.event_type IN ('campaign_impression', 'element_clicked', 'campaign_conversion')
      THEN e.props_json ->> 'campaignId' END AS campaign_id,
    CASE WHEN e.event_type IN ('campaign_impression', 'element_clicked', 'campaign_conversion')
      THEN e.props_json ->> 'influencerId' END AS influencer_id,
    e.event_type IN ('license_signed', 'campaign_conversion') AS conversion
  FROM events e JOIN attribution a ON a.event_id = e.id
  WHERE e.site_id = ANY ($1::uuid[]) AND NOT e.props_json ? '_duplicate'
)`;

/** A read model, and the query over `counted` that says what its rows ought to be. */
export interface Recount {
  readonly table: string;
  readonly sql: string;
}
