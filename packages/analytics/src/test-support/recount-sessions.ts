import { SESSION_DIMENSIONS } from '@tallymark/contract/reports/dimensions';
import type { Recount } from './recount-events.ts';

const own = 'FROM counted c WHERE c.session_id = s.id';
const pages = `SELECT c.page ${own} AND c.page IS NOT NULL`;

/** One session at a time. */
const SESSIONS = `
  SELECT s.id, first.site_id, first.visitor, first.is_bot,
         (SELECT min(c.occurred_at) ${own}) AS started_at, (SELECT max(c.occurred_at) ${own}) AS ended_at,
         (SELECT sum(c.weight) ${own}) AS events, (SELECT count(*) ${own}) AS stored,
         (SELECT count(*) ${own} AND c.page IS NOT NULL) AS page_views,
         (SELECT count(*) ${own} AND c.conversion) AS conversions,
         (SELECT coalesce(sum(c.value * c.weight), 0) ${own}) AS value,
         (${pages} ORDER BY c.occurred_at, c.id LIMIT 1) AS entry_page,
         (${pages} ORDER BY c.occurred_at DESC, c.id DESC LIMIT 1) AS exit_page,
         first.channel, first.referrer_domain, first.utm_source, first.utm_medium, first.utm_campaign,
         first.device_type, first.browser, first.os, first.country
  FROM (SELECT DISTINCT session_id AS id FROM counted WHERE session_id IS NOT NULL) s
  CROSS JOIN LATERAL (SELECT * ${own} ORDER BY c.occurred_at, c.id LIMIT 1) first`;

const one = (dimension: string, value: string, grain: 'day' | 'month') => `
  SELECT site_id, '${dimension}' AS dimension, date_trunc('${grain}', started_at AT TIME ZONE 'UTC')::date AS ${grain},
         ${value} AS value, is_bot, count(*) AS sessions, count(*) FILTER (WHERE page_views = 1 AND conversions = 0) AS bounces,
         count(*) FILTER (WHERE conversions > 0) AS converted, sum(page_views) AS page_views,
         sum(extract(epoch FROM ended_at) - extract(epoch FROM started_at)) AS seconds
  FROM (${SESSIONS}) one GROUP BY 1, 2, 3, 4, 5`;

const by = (grain: 'day' | 'month') =>
  [
    one('', `''`, grain),
    ...SESSION_DIMENSIONS.map((dimension) => one(dimension, `coalesce(${dimension}, '')`, grain)),
  ].join(' UNION ALL ');

export const sessions: Recount = { table: 'sessions', sql: SESSIONS };
export const sessionDays: Recount = { table: 'session_days', sql: by('day') };
export const sessionMonths: Recount = { table: 'session_months', sql: by('month') };
