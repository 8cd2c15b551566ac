import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import type { LogPosition } from './event-log.ts';

const dueRow = z.object({ name: z.string(), kind: z.enum(['handler', 'webhook']), eventTypes: z.array(z.string()) });
export type DueSubscription = z.infer<typeof dueRow>;

/**
 * Enabled webhooks, and those of `handlers`, that nobody delivers for at the moment although there is something to read
 * or to redeliver; the one served longest ago first. Only reads, so that looking often costs nothing. Leases and waits
 * are judged by the clock of Postgres, the one that all processes share.
 */
export async function dueSubscriptions(db: SqlExecutor, handlers: readonly string[]): Promise<DueSubscription[]> {
  const rows = await db.$queryRaw`
    SELECT name, kind, event_types AS "eventTypes" FROM event_subscriptions
    WHERE enabled AND (kind = 'webhook' OR name = ANY (${[...handlers]}::text[]))
      AND (leased_until IS NULL OR leased_until < clock_timestamp())
      AND (next_attempt_at IS NULL OR next_attempt_at <= clock_timestamp())
      AND (reading IS NOT NULL
        OR EXISTS (SELECT FROM event_log
                   WHERE kind = 'stored' AND xid >= pg_snapshot_xmin(done::pg_snapshot)::text::bigint
                     AND xid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
                     AND NOT pg_visible_in_snapshot(xid::text::xid8, done::pg_snapshot))
        OR EXISTS (SELECT FROM subscription_dead_letters
                   WHERE subscription = name AND replay_requested_at IS NOT NULL)
        OR pg_snapshot_xmax(done::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot()))
    ORDER BY last_delivered_at NULLS FIRST, name`;
  return z.array(dueRow).parse(rows);
}

const position = z.object({
  done: z.string(),
  reading: z.string().nullable(),
  afterXid: z.bigint(),
  afterId: z.bigint(),
  afterEvent: z.int(),
});

const claimed = position.extend({ postponed: z.boolean() });

export interface ClaimedSubscription {
  /** Where to go on reading. */
  readonly position: LogPosition;
  /** The last turn ended with a wait. */
  readonly postponed: boolean;
}

/** Takes the lease where nobody has it. Null: somebody has, or it is not due. */
export async function claimSubscription(
  db: SqlExecutor,
  { name, lease, leaseMs }: { readonly name: string; readonly lease: string; readonly leaseMs: number },
): Promise<ClaimedSubscription | null> {
  const [row] = await db.$queryRaw<unknown[]>`
    UPDATE event_subscriptions
    SET lease = ${lease}::uuid, leased_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    WHERE name = ${name} AND enabled
      AND (leased_until IS NULL OR leased_until < clock_timestamp())
      AND (next_attempt_at IS NULL OR next_attempt_at <= clock_timestamp())
    RETURNING done, reading, after_xid AS "afterXid", after_id AS "afterId", after_event AS "afterEvent",
              next_attempt_at IS NOT NULL AS postponed`;
  if (row === undefined) return null;
  const { postponed, ...from } = claimed.parse(row);
  return { position: from, postponed };
}

/** False when the lease has gone to somebody else. */
export async function renewLease(
  db: SqlExecutor,
  { name, lease, leaseMs }: { readonly name: string; readonly lease: string; readonly leaseMs: number },
): Promise<boolean> {
  const updated = await db.$executeRaw`
    UPDATE event_subscriptions SET leased_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    WHERE name = ${name} AND lease = ${lease}::uuid`;
  return updated === 1;
}

/** Lets the next process have it at once. */
export async function releaseLease(db: SqlExecutor, name: string, lease: string): Promise<void> {
  await db.$executeRaw`
    UPDATE event_subscriptions SET lease = NULL, leased_until = NULL WHERE name = ${name} AND lease = ${lease}::uuid`;
}
