import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const statusRow = z.object({
  name: z.string(),
  kind: z.enum(['handler', 'webhook']),
  eventTypes: z.array(z.string()),
  url: z.string().nullable(),
  enabled: z.boolean(),
  delivered: z.number(),
  deadLettered: z.number(),
  missed: z.number(),
  attempts: z.int(),
  nextAttemptAt: z.date().nullable(),
  lastError: z.string().nullable(),
  lastDeliveredAt: z.date().nullable(),
  oldestWaitingAt: z.date().nullable(),
  createdAt: z.date(),
});
export type SubscriptionStatusRow = z.infer<typeof statusRow>;

/** All subscriptions by name, without their secrets. */
export async function listSubscriptions(db: SqlExecutor): Promise<SubscriptionStatusRow[]> {
  const rows = await db.$queryRaw`
    SELECT name, kind, event_types AS "eventTypes", url, enabled, delivered::float8 AS delivered,
           dead_lettered::float8 AS "deadLettered", missed::float8 AS missed, attempts,
           next_attempt_at AS "nextAttemptAt", last_error AS "lastError", last_delivered_at AS "lastDeliveredAt",
           -- The first in reading order, which is near enough to the oldest and needs no look at all the others.
           (SELECT logged_at FROM event_log
            WHERE kind = 'stored' AND xid >= greatest(pg_snapshot_xmin(done::pg_snapshot)::text::bigint, after_xid)
              AND (xid, id) >= (after_xid, after_id)
              AND NOT ((xid, id) = (after_xid, after_id) AND cardinality(event_ids) <= after_event)
              AND NOT pg_visible_in_snapshot(xid::text::xid8, done::pg_snapshot)
            ORDER BY xid, id LIMIT 1) AS "oldestWaitingAt",
           created_at AS "createdAt"
    FROM event_subscriptions ORDER BY name`;
  return z.array(statusRow).parse(rows);
}
