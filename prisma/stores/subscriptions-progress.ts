import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import type { LogPosition } from './event-log.ts';

/** Whose turn it is. What is written under a lease that has gone to somebody else changes nothing. */
export interface HeldLease {
  readonly name: string;
  readonly lease: string;
}

const attemptRow = z.object({
  attempt: z.int(),
  lastError: z.string().nullable(),
});
export type BegunAttempt = z.infer<typeof attemptRow>;

/**
 * Counts an attempt before it is made, so that one which takes the process down with it is counted, too. Null when the
 * lease is gone or the subscription was disabled.
 */
export async function beginAttempt(db: SqlExecutor, { name, lease }: HeldLease): Promise<BegunAttempt | null> {
  const [row] = await db.$queryRaw<unknown[]>`
    UPDATE event_subscriptions SET attempts = attempts + 1
    WHERE name = ${name} AND lease = ${lease}::uuid AND enabled
    RETURNING attempts AS attempt, last_error AS "lastError"`;
  return row === undefined ? null : attemptRow.parse(row);
}

export interface Settled {
  /** Everything up to here is delivered, dead-lettered or of no interest. */
  readonly position: LogPosition;
  readonly delivered: number;
  readonly deadLetter?: NewSubscriptionDeadLetter;
}

export interface NewSubscriptionDeadLetter {
  readonly id: string;
  readonly eventIds: readonly string[];
  readonly error: string;
  readonly attempts: number;
}

/** Moves the checkpoint, in one statement with the dead letter; what follows starts at attempt 1. False when the lease is gone: nothing was changed. */
export async function settle(db: SqlExecutor, { name, lease }: HeldLease, settled: Settled): Promise<boolean> {
  const { position, delivered, deadLetter } = settled;
  const ids = [...(deadLetter?.eventIds ?? [])];
  const [row] = await db.$queryRaw<unknown[]>`
    WITH moved AS (
      UPDATE event_subscriptions SET
        done = ${position.done}, reading = ${position.reading}, after_xid = ${position.afterXid},
        after_id = ${position.afterId}, after_event = ${position.afterEvent},
        attempts = 0, next_attempt_at = NULL,
        last_error = CASE WHEN ${delivered} > 0 THEN ${deadLetter?.error ?? null}::text
                          ELSE coalesce(${deadLetter?.error ?? null}, last_error) END,
        delivered = delivered + ${delivered}, dead_lettered = dead_lettered + ${ids.length},
        last_delivered_at = CASE WHEN ${delivered} > 0 THEN clock_timestamp() ELSE last_delivered_at END
      WHERE name = ${name} AND lease = ${lease}::uuid
      RETURNING name
    ), letter AS (
      INSERT INTO subscription_dead_letters (id, subscription, event_ids, error, attempts)
      SELECT ${deadLetter?.id ?? null}::uuid, name, ${ids}::uuid[], ${deadLetter?.error ?? ''}, ${deadLetter?.attempts ?? 0}
      FROM moved WHERE ${deadLetter !== undefined}
    )
    SELECT name FROM moved`;
  return row !== undefined;
}

/** Ends the turn; the batch in hand is tried again after `delayMs`. */
export async function postpone(
  db: SqlExecutor,
  { name, lease }: HeldLease,
  { error, delayMs }: { readonly error: string; readonly delayMs: number },
): Promise<void> {
  await db.$executeRaw`
    UPDATE event_subscriptions
    SET last_error = ${error}, next_attempt_at = clock_timestamp() + ${delayMs} * interval '1 millisecond',
        lease = NULL, leased_until = NULL
    WHERE name = ${name} AND lease = ${lease}::uuid`;
}

/** Ends the turn and the subscription's deliveries, because its receiver is gone. The checkpoint stays where it is. */
export async function disableUnderLease(db: SqlExecutor, { name, lease }: HeldLease, error: string): Promise<void> {
  await db.$executeRaw`
    UPDATE event_subscriptions
    SET enabled = false, attempts = 0, last_error = ${error}, lease = NULL, leased_until = NULL
    WHERE name = ${name} AND lease = ${lease}::uuid`;
}
