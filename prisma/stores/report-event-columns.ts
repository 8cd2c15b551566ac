import { foundEvent } from '@tallymark/contract/reports/search';
import { z } from 'zod';

/** A time that no Date can hold, such as infinity, as the beginning of time: a host can write one. */
export const storedTime = z.date().catch(new Date(0));
/** What is no object, as a host can write it too, holds no props. */
const props = z.record(z.string(), z.unknown()).catch({});

/** An event as answers tell it, with what the database holds in the place of texts. */
export const storedEvent = foundEvent.extend({ occurredAt: z.date(), receivedAt: storedTime, props });
export type StoredEvent = z.infer<typeof storedEvent>;

/** The columns of `storedEvent`, of `e` from events and `a`, its attribution. */
export const EVENT_COLUMNS = `e.id, e.event_type AS "eventType", e.occurred_at AS "occurredAt",
  e.received_at AS "receivedAt", e.schema_version::int AS "schemaVersion", e.source, e.service,
  e.entity_type AS "entityType", e.entity_id AS "entityId", e.actor_id AS "actorId", e.visitor_id AS "visitorId",
  e.session_id AS "sessionId", a.session_json ->> 'id' AS "workedOutSessionId", a.is_bot AS "isBot", a.channel, e.count,
  e.sampling_rate::float8 AS "samplingRate",
  CASE WHEN e.props_json -> '_duplicate' = 'true' THEN e.props_json ->> '_duplicateOf' END AS "duplicateOf",
  e.props_json AS props`;
