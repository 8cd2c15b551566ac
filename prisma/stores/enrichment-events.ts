import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { uuidV7Floor } from './partitions.ts';

const text = z.string().nullable();
/** Anything but an object, as a host may write by hand, says nothing. */
const object = z.record(z.string(), z.unknown()).nullable().catch(null);

/** What enrichment looks at in an event. */
const enrichmentEvent = z.object({
  id: z.string(),
  tenantId: z.string(),
  siteId: z.string(),
  sessionId: text,
  visitorId: text,
  occurredAtMs: z.number(),
  /** As the request had it, else `props.userAgent`. */
  userAgent: text,
  clientHints: object,
  /** Attribution as the caller sent it. */
  touch: object,
  path: text,
  url: text,
  /** `props.referrer` */
  pageReferrer: text,
  entityType: text,
  entityId: text,
});
export type EnrichmentEvent = z.infer<typeof enrichmentEvent>;

// Cut where enrichment would cut it anyway: a row that was written by hand may hold megabytes, and a batch has 500.
const FACTS = `e.id, e.tenant_id AS "tenantId", e.site_id AS "siteId", e.session_id AS "sessionId", e.visitor_id AS "visitorId",
  CASE WHEN isfinite(e.occurred_at) THEN extract(epoch FROM e.occurred_at) * 1000 ELSE 0 END AS "occurredAtMs",
  left(coalesce(e.user_agent, e.props_json ->> 'userAgent'), 2048) AS "userAgent",
  CASE WHEN pg_column_size(e.client_hints_json) <= 65536 THEN e.client_hints_json END AS "clientHints",
  CASE WHEN pg_column_size(e.touch_json) <= 16384 THEN e.touch_json END AS touch,
  left(e.props_json ->> 'path', 4096) AS path, left(e.props_json ->> 'url', 4096) AS url,
  left(e.props_json ->> 'referrer', 4096) AS "pageReferrer",
  e.entity_type AS "entityType", e.entity_id AS "entityId"`;

/** The session part of an event's attribution. */
const attributed = z.object({
  session: object,
  landingPage: text,
  referrer: text,
  referrerDomain: text,
  channel: text,
  utmSource: text,
  utmMedium: text,
  utmCampaign: text,
  utmContent: text,
  utmTerm: text,
  clickIds: object,
});

const ATTRIBUTED = `a.session_json AS session, a.landing_page AS "landingPage", a.referrer,
  a.referrer_domain AS "referrerDomain", a.channel, a.utm_source AS "utmSource", a.utm_medium AS "utmMedium",
  a.utm_campaign AS "utmCampaign", a.utm_content AS "utmContent", a.utm_term AS "utmTerm",
  a.click_ids_json AS "clickIds"`;

const storedEvent = enrichmentEvent.extend({ enriched: z.boolean() });

/** Those of the events that are stored, in no particular order, with whether they have attribution. */
export function findEventsToEnrich(db: SqlExecutor, ids: readonly string[]): Promise<z.infer<typeof storedEvent>[]> {
  // Filtered twice, so that the planner leaves out the partitions of both tables that hold none of the ids.
  return readAsJson(
    db,
    storedEvent,
    `SELECT ${FACTS}, a.event_id IS NOT NULL AS enriched
     FROM events e LEFT JOIN (SELECT event_id FROM attribution WHERE event_id = ANY ($1::uuid[])) a ON a.event_id = e.id
     WHERE e.id = ANY ($1::uuid[])`,
    [...ids],
  );
}

const oneText = z.tuple([z.object({ rows: z.string() })]);

/** All rows as one JSON text: many narrow columns cost the client more, row by row, than Postgres and JSON.parse together. */
async function readAsJson<Row extends z.ZodType>(
  db: SqlExecutor,
  row: Row,
  query: string,
  ...parameters: unknown[]
): Promise<z.infer<Row>[]> {
  const answer = await db.$queryRawUnsafe(
    `SELECT coalesce(json_agg(found), '[]')::text AS rows FROM (${query}) found`,
    ...parameters,
  );
  return z.array(row).parse(JSON.parse(oneText.parse(answer)[0].rows));
}

/** A place in the events of one session or one visitor. */
export interface StreamPlace {
  readonly siteId: string;
  /** The session, or the visitor of events without one. */
  readonly by: 'session' | 'visitor';
  readonly name: string;
  readonly occurredAtMs: number;
  readonly id: string;
}

/** The column that names the stream, and what keeps a visitor's stream free of the events of named sessions. */
const STREAMS = {
  session: { column: 'session_id', only: '' },
  visitor: { column: 'visitor_id', only: 'AND e.session_id IS NULL' },
} as const;

const neighbour = enrichmentEvent.extend(attributed.shape).extend({ place: z.number() });
/** An enriched event beside a place; `place` is the index into the places asked for. */
export type Neighbour = z.infer<typeof neighbour>;

/**
 * The last enriched event before each place, at most `silenceMs` before it. One index probe a place.
 */
export function findEventsBefore(
  db: SqlExecutor,
  by: StreamPlace['by'],
  places: readonly StreamPlace[],
  silenceMs: number,
): Promise<Neighbour[]> {
  return neighbours(
    db,
    by,
    places,
    `e.occurred_at >= p.occurred_at - ${silenceMs} * interval '1 ms'
       AND e.occurred_at <= p.occurred_at AND (e.occurred_at, e.id) < (p.occurred_at, p.id)
     ORDER BY e.occurred_at DESC, e.id DESC LIMIT 1`,
    silenceMs,
  );
}

/** Up to `limit` enriched events after each place, in order. */
export function findEventsAfter(
  db: SqlExecutor,
  by: StreamPlace['by'],
  places: readonly StreamPlace[],
  limit: number,
): Promise<Neighbour[]> {
  return neighbours(
    db,
    by,
    places,
    `e.occurred_at >= p.occurred_at AND (e.occurred_at, e.id) > (p.occurred_at, p.id)
     ORDER BY e.occurred_at, e.id LIMIT ${limit}`,
    0,
  );
}

function neighbours(
  db: SqlExecutor,
  by: StreamPlace['by'],
  places: readonly StreamPlace[],
  condition: string,
  backMs: number,
): Promise<Neighbour[]> {
  if (places.length === 0) return Promise.resolve([]);
  const { column, only } = STREAMS[by];
  const earliest = places.reduce((least, { occurredAtMs }) => Math.min(least, occurredAtMs), Number.POSITIVE_INFINITY);
  const floor = uuidV7Floor(new Date(Math.max(0, earliest - backMs)));
  // The floor is a constant of the plan, which leaves out older partitions. The site is compared in a way that no index
  // serves: where statistics are old, the planner would walk all events of the site to find those of one session.
  return readAsJson(
    db,
    neighbour,
    `SELECT p.place - 1 AS place, near.*
     FROM (SELECT place, site_id, name, id, to_timestamp(ms / 1000.0)::timestamptz(3) AS occurred_at
           FROM unnest($1::uuid[], $2::text[], $3::float8[], $4::uuid[]) WITH ORDINALITY AS
             given (site_id, name, ms, id, place)) p
     CROSS JOIN LATERAL (
       SELECT ${FACTS}, ${ATTRIBUTED} FROM events e JOIN attribution a ON a.event_id = e.id
       WHERE e.id >= '${floor}' AND a.event_id >= '${floor}'
         AND e.${column} = p.name AND e.site_id IS NOT DISTINCT FROM p.site_id ${only} AND ${condition}) near
     ORDER BY p.place, "occurredAtMs", near.id`,
    places.map(({ siteId }) => siteId),
    places.map(({ name }) => name),
    places.map(({ occurredAtMs }) => occurredAtMs),
    places.map(({ id }) => id),
  );
}

/**
 * Runs `work` with indexes in order preferred to sorting: the planner takes sessions to be short, and would read and sort
 * all of a long one to find the event before or the next page behind. Only for those looks: it misleads other statements.
 */
export async function inIndexOrder<Result>(db: SqlExecutor, work: () => Promise<Result>): Promise<Result> {
  await db.$queryRaw`SELECT set_config('enable_sort', 'off', true)`;
  const result = await work();
  await db.$queryRaw`SELECT set_config('enable_sort', 'on', true)`;
  return result;
}
