import { alertEvent, alertState } from '@tallymark/contract/alerts';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const dueDelivery = z.object({
  id: z.bigint().transform(String),
  alertId: z.guid(),
  siteId: z.guid().nullable(),
  name: z.string(),
  at: z.date().transform((at) => at.toISOString()),
  what: alertEvent.shape.what,
  state: alertState,
  value: z.number().nullable(),
  reference: z.number().nullable(),
  message: z.string(),
  /** How often it was tried. */
  attempts: z.int(),
  url: z.string(),
  secret: z.string(),
});
export type DueDelivery = z.infer<typeof dueDelivery>;

/**
 * The oldest event of each rule that its webhook does not have yet, where it is due: a receiver hears of a rule in order,
 * and one that is down holds up its own rule alone. Sites take turns, the least often tried first: many that never answer
 * hold up those of their own site, and nobody else's.
 */
export async function listDueDeliveries(
  db: SqlExecutor,
  { now, limit, alertId = null }: { readonly now: Date; readonly limit: number; readonly alertId?: string | null },
): Promise<DueDelivery[]> {
  const rows = await db.$queryRaw`
    SELECT * FROM (
      SELECT DISTINCT ON (e.alert_id) e.id, e.alert_id AS "alertId", e.site_id AS "siteId", e.name, e.at, e.what, e.state,
             e.value, e.reference, e.message, e.attempts, e.webhook_due_at, a.webhook_url AS url,
             a.webhook_secret AS secret
      FROM alert_events e
      JOIN alerts a ON a.id = e.alert_id AND a.webhook_url IS NOT NULL AND a.webhook_secret IS NOT NULL
      WHERE e.webhook_due_at IS NOT NULL AND (${alertId}::uuid IS NULL OR e.alert_id = ${alertId}::uuid)
      ORDER BY e.alert_id, e.id
    ) oldest
    WHERE webhook_due_at <= ${now.toISOString()}::timestamptz
    ORDER BY row_number() OVER (PARTITION BY "siteId" ORDER BY attempts, webhook_due_at, id), webhook_due_at, id
    LIMIT ${limit}::int`;
  return z.array(dueDelivery).parse(rows);
}

interface DeliveryOutcome {
  readonly id: string;
  readonly alertId: string;
  /** Null: nothing is left to do. */
  readonly nextAttemptAt: Date | null;
  /** Why the receiver does not have it; null where it has. */
  readonly error: string | null;
}

/** Keeps how an attempt ended, with the event and beside its rule. */
export async function settleDelivery(db: SqlExecutor, outcome: DeliveryOutcome): Promise<void> {
  const { id, alertId, nextAttemptAt, error } = outcome;
  await db.$executeRaw`
    WITH tried AS (
      UPDATE alert_events
      SET webhook_due_at = ${nextAttemptAt?.toISOString() ?? null}::timestamptz, attempts = attempts + 1
      WHERE id = ${id}::bigint AND webhook_due_at IS NOT NULL
      RETURNING id
    )
    UPDATE alerts SET delivery_error = ${error} WHERE id = ${alertId}::uuid AND EXISTS (SELECT FROM tried)`;
}

/** For a rule that has no webhook any more. */
export async function dropDeliveries(db: SqlExecutor, alertId: string): Promise<void> {
  await db.$executeRaw`
    UPDATE alert_events SET webhook_due_at = NULL WHERE alert_id = ${alertId}::uuid AND webhook_due_at IS NOT NULL`;
}
