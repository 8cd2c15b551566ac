import type { AlertNotification } from '@tallymark/contract/alerts';
import type { PrismaClient } from '@tallymark/prisma/client';
import { type DueDelivery, listDueDeliveries, settleDelivery } from '@tallymark/prisma/stores/alert-deliveries';
import { listUnloggedAlertEvents, markAlertEventsLogged } from '@tallymark/prisma/stores/alert-events';
import type { Logger } from 'pino';
import { failureOf } from '../subscribe/delivery.ts';
import { type RetryPolicy, retryDelayMs, WEBHOOK_RETRIES } from '../subscribe/retry-policy.ts';
import { postSigned, WEBHOOK_TIMEOUT_MS } from '../subscribe/signed-post.ts';
import type { AddressRules } from '../subscribe/webhook-address.ts';
import { deliveryIdOf } from '../subscribe/webhook-request.ts';
import { inTurn } from './in-turn.ts';

export interface DeliverDeps extends AddressRules {
  readonly prisma: PrismaClient;
  readonly now: () => Date;
  readonly retries?: RetryPolicy;
  readonly webhookTimeoutMs?: number;
}

export interface DeliverRun {
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Whether there is time to begin with another rule. */
  readonly goOn: () => boolean;
}

const LOGGED_AT_ONCE = 500;
const RULES_AT_ONCE = 1_000;
const REQUESTS_AT_ONCE = 8;

/** Writes to the log what it does not have yet. A process that is killed in between writes it again, so at least once. */
export async function logAlerts({ prisma }: Pick<DeliverDeps, 'prisma'>, log: Logger): Promise<number> {
  let logged = 0;
  for (;;) {
    const events = await listUnloggedAlertEvents(prisma, LOGGED_AT_ONCE);
    for (const { event, state, siteId } of events) {
      const { id: eventId, alertId, name, what, value, reference, message } = event;
      const facts = { eventId, alertId, siteId, name, what, state, value, reference };
      if (what === 'resolved' || what === 'recovered') log.info(facts, `alert ${what}: ${message}`);
      else log.warn(facts, `alert ${what}: ${message}`);
    }
    if (events.length > 0) {
      await markAlertEventsLogged(
        prisma,
        events.map(({ event }) => event.id),
      );
    }
    logged += events.length;
    if (events.length < LOGGED_AT_ONCE) return logged;
  }
}

/** Sends to webhooks what they do not have yet and is due: those of a rule in order, at least once each. */
export async function deliverAlerts(deps: DeliverDeps, run: DeliverRun): Promise<number> {
  let delivered = 0;
  const due = await listDueDeliveries(deps.prisma, { now: deps.now(), limit: RULES_AT_ONCE });
  await inTurn(due, { atOnce: REQUESTS_AT_ONCE, goOn: run.goOn }, async (first) => {
    let next: DueDelivery | undefined = first;
    while (next && run.goOn() && (await deliverOne(deps, run, next))) {
      delivered += 1;
      [next] = await listDueDeliveries(deps.prisma, { now: deps.now(), limit: 1, alertId: first.alertId });
    }
  });
  return delivered;
}

async function deliverOne(deps: DeliverDeps, { log, signal }: DeliverRun, due: DueDelivery): Promise<boolean> {
  const { prisma, now, allowPrivateNetworks, retries = WEBHOOK_RETRIES, webhookTimeoutMs = WEBHOOK_TIMEOUT_MS } = deps;
  const { id, alertId, url, secret } = due;
  const notification = notificationOf(due);
  try {
    const sent = { url, secret, deliveryId: notification.deliveryId, body: JSON.stringify(notification) };
    await postSigned(sent, { now, allowPrivateNetworks, timeoutMs: webhookTimeoutMs, signal });
  } catch (thrown) {
    // Nobody refused anything: the next process sends it.
    if (signal.aborted) return false;
    const { message, facts } = failureOf(thrown);
    const attempts = due.attempts + 1;
    const over = facts.gone === true || attempts >= retries.maxAttempts;
    const waitMs = Math.max(facts.retryAfterMs ?? 0, retryDelayMs(retries, attempts));
    const nextAttemptAt = over ? null : new Date(now().getTime() + waitMs);
    const error = over ? `${message} Given up after ${attempts} attempts.` : message;
    await settleDelivery(prisma, { id, alertId, nextAttemptAt, error });
    log.warn({ alertId, eventId: id, attempts, nextAttemptAt, reason: message }, 'a webhook did not take an alert');
    return false;
  }
  await settleDelivery(prisma, { id, alertId, nextAttemptAt: null, error: null });
  return true;
}

function notificationOf(due: DueDelivery): AlertNotification {
  const { id, alertId, siteId, name, at, what, state, value, reference, message } = due;
  return {
    deliveryId: deliveryIdOf(`alert:${alertId}`, [{ id }]),
    alert: { id: alertId, name, state, siteId },
    event: { id, alertId, name, at, what, value, reference, message },
  };
}
