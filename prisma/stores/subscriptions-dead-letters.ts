import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import type { HeldLease } from './subscriptions-progress.ts';

const letterRow = z.object({
  id: z.string(),
  subscription: z.string(),
  eventIds: z.array(z.string()),
  error: z.string(),
  attempts: z.int(),
  createdAt: z.date(),
  replayRequestedAt: z.date().nullable(),
  replayedAt: z.date().nullable(),
});
export type SubscriptionDeadLetterRow = z.infer<typeof letterRow>;

export interface LettersWanted {
  /** Of every subscription where left out. */
  readonly subscription?: string;
  /** Older than this one; goes on with the next page. */
  readonly before?: string;
  /** Those that were redelivered, too. */
  readonly replayed?: boolean;
  readonly limit: number;
}

/** Newest first. */
export async function listSubscriptionDeadLetters(
  db: SqlExecutor,
  { subscription, before, replayed = false, limit }: LettersWanted,
): Promise<SubscriptionDeadLetterRow[]> {
  // An id is a UUIDv7 of the time the letter was written.
  const rows = await db.$queryRaw`
    SELECT id, subscription, event_ids AS "eventIds", error, attempts, created_at AS "createdAt",
           replay_requested_at AS "replayRequestedAt", replayed_at AS "replayedAt"
    FROM subscription_dead_letters
    WHERE (${subscription ?? null}::text IS NULL OR subscription = ${subscription ?? null})
      AND (${before ?? null}::uuid IS NULL OR id < ${before ?? null}::uuid)
      AND (${replayed} OR replayed_at IS NULL)
    ORDER BY id DESC LIMIT ${limit}`;
  return z.array(letterRow).parse(rows);
}

/** Asks for redelivery of those of the letters that were not redelivered yet; all of the subscription without `ids`. */
export function requestReplay(db: SqlExecutor, subscription: string, ids: readonly string[] | null): Promise<number> {
  return db.$executeRaw`
    UPDATE subscription_dead_letters SET replay_requested_at = clock_timestamp()
    WHERE subscription = ${subscription} AND replayed_at IS NULL AND replay_requested_at IS NULL
      AND (${ids === null} OR id = ANY (${[...(ids ?? [])]}::uuid[]))`;
}

const replayRow = z.object({ id: z.string(), eventIds: z.array(z.string()) });
export type ReplayedLetter = Readonly<z.infer<typeof replayRow>>;

/**
 * The oldest letter that waits for redelivery. The wish ends with it, and the attempt is counted before it is made: a
 * letter that takes the process down is not tried again and again. Null when none waits or the lease is gone.
 */
export async function takeReplay(db: SqlExecutor, { name, lease }: HeldLease): Promise<ReplayedLetter | null> {
  const [row] = await db.$queryRaw<unknown[]>`
    UPDATE subscription_dead_letters SET replay_requested_at = NULL, attempts = attempts + 1
    WHERE id = (
      SELECT letters.id FROM subscription_dead_letters AS letters JOIN event_subscriptions ON name = subscription
      WHERE subscription = ${name} AND replay_requested_at IS NOT NULL AND enabled AND lease = ${lease}::uuid
      ORDER BY letters.id LIMIT 1)
    RETURNING id, event_ids AS "eventIds"`;
  return row === undefined ? null : replayRow.parse(row);
}

/** What became of a redelivery; null is a success. False when the lease is gone: nothing was changed. */
export async function endReplay(
  db: SqlExecutor,
  { name, lease }: HeldLease,
  { id, error }: { readonly id: string; readonly error: string | null },
): Promise<boolean> {
  const updated = await db.$executeRaw`
    UPDATE subscription_dead_letters
    SET error = coalesce(${error}, error),
        replayed_at = CASE WHEN ${error === null} THEN clock_timestamp() END
    WHERE id = ${id}::uuid
      AND EXISTS (SELECT FROM event_subscriptions WHERE name = ${name} AND lease = ${lease}::uuid)`;
  return updated === 1;
}

/**
 * Wishes again for what was taken and came to no end. Needs no lease: of a subscription that is disabled or removed
 * nobody has one, and a wish too many is a delivery too many at most.
 */
export async function keepReplay(db: SqlExecutor, id: string): Promise<void> {
  await db.$executeRaw`
    UPDATE subscription_dead_letters SET replay_requested_at = coalesce(replay_requested_at, clock_timestamp())
    WHERE id = ${id}::uuid AND replayed_at IS NULL`;
}
