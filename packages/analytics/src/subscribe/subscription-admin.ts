import type { TrackingPlan } from '@tallymark/contract/plan';
import {
  ALL_TYPES,
  type NewWebhook,
  newWebhook,
  type SubscriptionDeadLetter,
  type SubscriptionStatus,
  type WebhookSecret,
} from '@tallymark/contract/subscriptions';
import type { PrismaClient } from '@tallymark/prisma/client';
import { adoptRestoredLog } from '@tallymark/prisma/stores/event-log';
import {
  addSubscription,
  changeSecret,
  enableSubscription,
  removeSubscription,
  restartSubscription,
} from '@tallymark/prisma/stores/subscriptions';
import {
  type LettersWanted,
  listSubscriptionDeadLetters,
  requestReplay,
} from '@tallymark/prisma/stores/subscriptions-dead-letters';
import { listSubscriptions } from '@tallymark/prisma/stores/subscriptions-status';
import { SubscriptionError } from './subscription-error.ts';
import { type AddressRules, checkResolvedUrl } from './webhook-address.ts';
import { newSecret } from './webhook-secret.ts';

const LETTERS_AT_ONCE = 100;

const textOf = (time: Date | null) => time?.toISOString() ?? null;

/** @throws SubscriptionError for a type that the plan does not have: nothing would ever be delivered. */
export function checkTypes(plan: TrackingPlan, types: readonly string[] | typeof ALL_TYPES): readonly string[] {
  if (types === ALL_TYPES) return [ALL_TYPES];
  const unknown = types.filter((type) => !Object.hasOwn(plan.types, type));
  if (types.length > 0 && unknown.length === 0) return [...new Set(types)];
  const what = types.length === 0 ? 'A subscription names at least one event type.' : `Unknown: ${unknown.join(', ')}.`;
  throw new SubscriptionError('unknown_event_type', `${what} The tracking plan has the types.`);
}

export interface SubscriptionAdminDeps extends AddressRules {
  readonly prisma: PrismaClient;
  readonly plan: TrackingPlan;
}

/** What admins do with subscriptions. Works in any process; the one that delivers takes notice at its next batch. */
export class SubscriptionAdmin {
  constructor(private readonly deps: SubscriptionAdminDeps) {}

  /** @throws SubscriptionError `name_taken`, `unknown_event_type`, `url_refused`; ZodError for what is no webhook at all. */
  async addWebhook(webhook: NewWebhook): Promise<WebhookSecret> {
    const { name, url, eventTypes, secret = newSecret() } = newWebhook.parse(webhook);
    const types = checkTypes(this.deps.plan, eventTypes);
    const { href } = await checkResolvedUrl(url, this.deps);
    const added = { name, kind: 'webhook', eventTypes: types, url: href, secret } as const;
    if (!(await addSubscription(this.deps.prisma, added))) {
      throw new SubscriptionError('name_taken', `There is a subscription "${name}" already.`);
    }
    return { name, secret };
  }

  /** Its checkpoint goes with it, its dead letters stay. @throws SubscriptionError `unknown_subscription` */
  async removeWebhook(name: string): Promise<void> {
    known(await removeSubscription(this.deps.prisma, name, 'webhook'), name);
  }

  /** For a handler that no process has any more, and that would hold up the trimming of the log. @throws as above */
  async removeHandler(name: string): Promise<void> {
    known(await removeSubscription(this.deps.prisma, name, 'handler'), name);
  }

  /** A disabled one keeps its place, as long as the log goes back so far. @throws as above */
  async setEnabled(name: string, enabled: boolean): Promise<void> {
    known(await enableSubscription(this.deps.prisma, name, enabled), name);
  }

  /** The next request is signed with the new one. @throws as above */
  async rotateSecret(name: string): Promise<WebhookSecret> {
    const secret = newSecret();
    known(await changeSecret(this.deps.prisma, name, secret), name);
    return { name, secret };
  }

  /**
   * Moves a checkpoint by hand: to the oldest row the log still has, or past everything that is committed. It is the way
   * out when a database was restored from a dump and is behind its checkpoints. @throws as above
   */
  async restart(name: string, from: 'oldest' | 'now'): Promise<void> {
    // In a transaction of its own, before the checkpoint: what it brings in would else come after it.
    await adoptRestoredLog(this.deps.prisma);
    known(await restartSubscription(this.deps.prisma, name, from), name);
  }

  /** Handlers and webhooks, never with a secret. */
  async list(): Promise<SubscriptionStatus[]> {
    const rows = await listSubscriptions(this.deps.prisma);
    return rows.map((row) => ({
      ...row,
      nextAttemptAt: textOf(row.nextAttemptAt),
      lastDeliveredAt: textOf(row.lastDeliveredAt),
      oldestWaitingAt: textOf(row.oldestWaitingAt),
      createdAt: row.createdAt.toISOString(),
    }));
  }

  /** Newest first, a hundred at a time; `before` is the id of the last one seen. Redelivered ones only when asked for. */
  async deadLetters(wanted: Omit<LettersWanted, 'limit'> = {}): Promise<SubscriptionDeadLetter[]> {
    const rows = await listSubscriptionDeadLetters(this.deps.prisma, { ...wanted, limit: LETTERS_AT_ONCE });
    return rows.map((row) => ({
      ...row,
      createdAt: row.createdAt.toISOString(),
      replayRequestedAt: textOf(row.replayRequestedAt),
      replayedAt: textOf(row.replayedAt),
    }));
  }

  /**
   * Asks for one more delivery of dead letters, of all that the subscription has unless `ids` are given. Whoever delivers
   * for it does so before anything new, once each. Returns how many letters were not waiting already.
   */
  redeliver(subscription: string, ids: readonly string[] | null = null): Promise<number> {
    return requestReplay(this.deps.prisma, subscription, ids);
  }
}

function known(found: boolean, name: string): void {
  if (!found) throw new SubscriptionError('unknown_subscription', `There is no such subscription: "${name}".`);
}
