import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

/** A time that no Date can hold, such as infinity, as the beginning of time: a host can write one, and it must go on. */
const time = z
  .date()
  .catch(new Date(0))
  .transform((date) => date.toISOString());

const eventRow = z.object({
  id: z.string(),
  eventType: z.string(),
  schemaVersion: z.int(),
  tenantId: z.string(),
  siteId: z.string(),
  occurredAt: time,
  receivedAt: time,
  // As it is stored: a row that a host wrote by itself must not hold up all that follow.
  source: z.string(),
  entityType: z.string().nullable(),
  entityId: z.string().nullable(),
  actorId: z.string().nullable(),
  visitorId: z.string().nullable(),
  sessionId: z.string().nullable(),
  props: z.record(z.string(), z.unknown()).catch({}),
  count: z.int(),
  samplingRate: z.number(),
});
export type SubscribedEvent = z.infer<typeof eventRow>;

/**
 * What subscribers may see of those of the events that are still there and of one of the types, in the order of `ids`.
 * Null types are all types.
 */
export async function readSubscribedEvents(
  db: SqlExecutor,
  ids: readonly string[],
  types: readonly string[] | null,
): Promise<SubscribedEvent[]> {
  if (ids.length === 0) return [];
  const sorted = [...ids].sort();
  // The bounds let Postgres leave out the months that none of the ids lies in, which the list alone does not.
  const rows = await db.$queryRaw`
    SELECT id, event_type AS "eventType", schema_version::int AS "schemaVersion", tenant_id AS "tenantId",
           site_id AS "siteId", occurred_at AS "occurredAt", received_at AS "receivedAt", source,
           entity_type AS "entityType", entity_id AS "entityId", actor_id AS "actorId", visitor_id AS "visitorId",
           session_id AS "sessionId", props_json AS props, count, sampling_rate AS "samplingRate"
    FROM events
    WHERE id = ANY (${[...ids]}::uuid[]) AND id >= ${sorted[0]}::uuid AND id <= ${sorted.at(-1)}::uuid
      AND (${types === null} OR event_type = ANY (${[...(types ?? [])]}::text[]))`;
  const events = new Map(
    z
      .array(eventRow)
      .parse(rows)
      .map((event) => [event.id, event]),
  );
  return ids.flatMap((id) => events.get(id) ?? []);
}
