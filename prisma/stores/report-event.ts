import { entitySnapshot, sessionContext } from '@tallymark/contract/attribution';
import { eventAttribution } from '@tallymark/contract/reports/event-detail';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { idRange } from './id-range.ts';
import { EVENT_COLUMNS, storedEvent, storedTime } from './report-event-columns.ts';

const text = z.string().nullable();
/** Anything but an object, as a host may write by hand, says nothing. */
const object = z.record(z.string(), z.unknown()).nullable().catch(null);

const eventDetail = storedEvent.extend({
  sent: object,
  createdAt: storedTime,
  idempotencyKey: text,
  correlationId: text,
  clientVersion: text,
  retentionExempt: z.boolean(),
  isDuplicate: z.boolean(),
  markedAt: storedTime.nullable(),
  markedBy: text,
  // As JSON has it.
  attribution: eventAttribution.extend({ clickIds: object, updatedAt: z.string() }).nullable(),
  session: sessionContext.nullable().catch(null),
  sessionEndedAt: storedTime.nullable(),
  snapshot: entitySnapshot.nullable().catch(null),
  touch: object,
});
export type StoredEventDetail = z.infer<typeof eventDetail>;

const UUID = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

const ATTRIBUTION = `CASE WHEN a.event_id IS NOT NULL THEN jsonb_build_object(
  'deviceType', a.device_type, 'deviceBrand', a.device_brand, 'deviceModel', a.device_model, 'os', a.os,
  'osVersion', a.os_version, 'browser', a.browser, 'browserVersion', a.browser_version, 'isBot', a.is_bot,
  'channel', a.channel, 'referrer', a.referrer, 'referrerDomain', a.referrer_domain, 'landingPage', a.landing_page,
  'utmSource', a.utm_source, 'utmMedium', a.utm_medium, 'utmCampaign', a.utm_campaign, 'utmContent', a.utm_content,
  'utmTerm', a.utm_term, 'clickIds', a.click_ids_json, 'updatedAt', a.updated_at) END`;

const DETAIL = `SELECT ${EVENT_COLUMNS}, e.sent_json AS sent, e.created_at AS "createdAt",
    e.idempotency_key AS "idempotencyKey", e.correlation_id AS "correlationId", e.client_version AS "clientVersion",
    e.retention_exempt AS "retentionExempt", (e.props_json -> '_duplicate' = 'true') IS TRUE AS "isDuplicate",
    m.marked_at AS "markedAt", m.run_id AS "markedBy", ${ATTRIBUTION} AS attribution, a.session_json AS session,
    s.ended_at AS "sessionEndedAt", a.snapshot_json AS snapshot, e.touch_json AS touch
  FROM events e
  LEFT JOIN attribution a ON a.event_id = $1::uuid
  LEFT JOIN duplicate_marks m ON m.event_id = $1::uuid AND m.reverted_at IS NULL
  LEFT JOIN sessions s
    ON s.id = CASE WHEN a.session_json ->> 'id' ~ '${UUID}' THEN (a.session_json ->> 'id')::uuid END
  WHERE e.id = $1::uuid AND e.site_id = $2::uuid`;

/** Everything that is known of one event of the site; null where the site has no such event. */
export async function findEventDetail(db: SqlExecutor, siteId: string, id: string): Promise<StoredEventDetail | null> {
  const [row] = await db.$queryRawUnsafe<unknown[]>(DETAIL, id, siteId);
  return row === undefined ? null : eventDetail.parse(row);
}

const neighbour = z.object({
  before: z.boolean(),
  id: z.string(),
  eventType: z.string(),
  occurredAt: z.date(),
  page: text,
  entityType: text,
  entityId: text,
});
export type StoredNeighbour = z.infer<typeof neighbour>;

export interface SessionPlace {
  readonly siteId: string;
  readonly sessionId: string;
  readonly sessionStartedAt: Date;
  readonly occurredAt: Date;
  readonly id: string;
}

/** The facts of a session around one of its events, in order; up to so many on each side. */
export async function findSessionNeighbours(
  db: SqlExecutor,
  place: SessionPlace,
  each: number,
): Promise<StoredNeighbour[]> {
  const { lowest } = idRange({ from: place.sessionStartedAt, to: place.occurredAt });
  // The site is compared in a way that no index serves: the planner is left with that of the session.
  const side = (before: boolean) => `(SELECT ${before} AS before, f.id, f.event_type AS "eventType",
      f.occurred_at AS "occurredAt", f.page, f.entity_type AS "entityType", f.entity_id AS "entityId"
    FROM event_facts f
    WHERE f.session_id = $1::uuid AND f.site_id IS NOT DISTINCT FROM $2::uuid AND f.id >= $5::uuid
      AND (f.occurred_at, f.id) ${before ? '<' : '>'} ($3::timestamptz, $4::uuid)
    ORDER BY f.occurred_at ${before ? 'DESC' : 'ASC'}, f.id ${before ? 'DESC' : 'ASC'} LIMIT ${each})`;
  const rows = await db.$queryRawUnsafe(
    `SELECT * FROM (${side(true)} UNION ALL ${side(false)}) AS near ORDER BY "occurredAt", id`,
    place.sessionId,
    place.siteId,
    place.occurredAt.toISOString(),
    place.id,
    lowest,
  );
  return z.array(neighbour).parse(rows);
}
