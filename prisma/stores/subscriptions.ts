import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { LOG_START } from './event-log.ts';

export type SubscriptionKind = 'handler' | 'webhook';

export interface NewSubscription {
  readonly name: string;
  readonly kind: SubscriptionKind;
  /** `['*']` is every type. */
  readonly eventTypes: readonly string[];
  readonly url?: string;
  readonly secret?: string;
  /** From the oldest row the log still has; otherwise it hears of what commits from now on. */
  readonly fromStart?: boolean;
}

const kindRow = z.object({ kind: z.enum(['handler', 'webhook']) });

/** False when there is one of that name already. */
export async function addSubscription(db: SqlExecutor, added: NewSubscription): Promise<boolean> {
  const { name, kind, eventTypes, url = null, secret = null, fromStart = false } = added;
  const inserted = await db.$executeRaw`
    INSERT INTO event_subscriptions (name, kind, event_types, url, secret, done)
    VALUES (${name}, ${kind}, ${[...eventTypes]}::text[], ${url}, ${secret},
            CASE WHEN ${fromStart} THEN ${LOG_START.done} ELSE (tallymark_log_snapshot())::text END)
    ON CONFLICT DO NOTHING`;
  return inserted === 1;
}

/** Makes sure that a handler has its checkpoint, or notes its types anew. Returns the kind of who has the name. */
export async function ensureHandler(
  db: SqlExecutor,
  handler: Omit<NewSubscription, 'kind'>,
): Promise<SubscriptionKind> {
  if (await addSubscription(db, { ...handler, kind: 'handler' })) return 'handler';
  const types = [...handler.eventTypes];
  await db.$executeRaw`
    UPDATE event_subscriptions SET event_types = ${types}::text[]
    WHERE name = ${handler.name} AND kind = 'handler' AND event_types <> ${types}::text[]`;
  const [row] = await db.$queryRaw<unknown[]>`SELECT kind FROM event_subscriptions WHERE name = ${handler.name}`;
  // Gone again between the statements: the next look makes it anew.
  return row === undefined ? 'handler' : kindRow.parse(row).kind;
}

/** Its checkpoint goes with it; dead letters stay. False when there was none of that name and kind. */
export async function removeSubscription(db: SqlExecutor, name: string, kind: SubscriptionKind): Promise<boolean> {
  return (await db.$executeRaw`DELETE FROM event_subscriptions WHERE name = ${name} AND kind = ${kind}`) === 1;
}

/** Enabling also ends a wait for the next attempt. False when there is none of that name. */
export async function enableSubscription(db: SqlExecutor, name: string, enabled: boolean): Promise<boolean> {
  const updated = await db.$executeRaw`
    UPDATE event_subscriptions
    SET enabled = ${enabled},
        attempts = CASE WHEN ${enabled} AND NOT enabled THEN 0 ELSE attempts END,
        next_attempt_at = CASE WHEN ${enabled} THEN NULL ELSE next_attempt_at END
    WHERE name = ${name}`;
  return updated === 1;
}

/** False when there is no webhook of that name. */
export async function changeSecret(db: SqlExecutor, name: string, secret: string): Promise<boolean> {
  const updated = await db.$executeRaw`
    UPDATE event_subscriptions SET secret = ${secret} WHERE name = ${name} AND kind = 'webhook'`;
  return updated === 1;
}

const targetRow = z.object({ url: z.string(), secret: z.string() });

/** Where a webhook goes and what its requests are signed with; null when there is none of that name. */
export async function findWebhookTarget(db: SqlExecutor, name: string): Promise<z.infer<typeof targetRow> | null> {
  const [row] = await db.$queryRaw<unknown[]>`
    SELECT url, secret FROM event_subscriptions WHERE name = ${name} AND kind = 'webhook'`;
  return row === undefined ? null : targetRow.parse(row);
}

/** Moves a checkpoint by hand, to the oldest row of the log or to now. Who holds the lease loses it. */
export async function restartSubscription(db: SqlExecutor, name: string, from: 'oldest' | 'now'): Promise<boolean> {
  const updated = await db.$executeRaw`
    UPDATE event_subscriptions
    SET done = CASE WHEN ${from === 'oldest'} THEN ${LOG_START.done} ELSE (tallymark_log_snapshot())::text END,
        reading = NULL, after_xid = 0, after_id = 0, after_event = 0,
        attempts = 0, next_attempt_at = NULL, last_error = NULL, lease = NULL, leased_until = NULL
    WHERE name = ${name}`;
  return updated === 1;
}
