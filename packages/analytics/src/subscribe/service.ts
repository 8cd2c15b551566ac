import type { EventTypeOf, TrackingPlan } from '@tallymark/contract/plan';
import { ALL_TYPES, EVENTS_PER_DELIVERY, type StoredEvent } from '@tallymark/contract/subscriptions';
import type { PrismaClient } from '@tallymark/prisma/client';
import { ensureHandler, findWebhookTarget } from '@tallymark/prisma/stores/subscriptions';
import type { Logger } from 'pino';
import { type Deliver, DeliveryFailed } from './delivery.ts';
import { DeliveryLoop } from './delivery-loop.ts';
import { handlerName } from './handler-name.ts';
import { HANDLER_RETRIES, type RetryPolicy, WEBHOOK_RETRIES } from './retry-policy.ts';
import { WEBHOOK_TIMEOUT_MS } from './signed-post.ts';
import type { Subscriber } from './subscriber.ts';
import { checkTypes, SubscriptionAdmin } from './subscription-admin.ts';
import { postWebhook } from './webhook-request.ts';

const POLL_MS = 1_000;
/** A process that is killed holds its subscriptions for so long. */
const LEASE_MS = 15_000;
const TURN_MS = 10_000;
const WEBHOOKS_AT_ONCE = 16;
const LARGEST_BATCH = 1_000;
const STOP_DEADLINE_MS = 10_000;

export interface SubscriptionOptions<Plan extends TrackingPlan> {
  readonly plan: Plan;
  readonly prisma: PrismaClient;
  readonly log: Logger;
  readonly now?: () => Date;
  /** Whether this process delivers to webhooks; default true. Handlers run where they are registered. */
  readonly deliverWebhooks?: boolean;
  /** Whether webhooks may go to loopback and private addresses; default false. */
  readonly allowPrivateNetworks?: boolean;
  readonly handlerRetries?: RetryPolicy;
  readonly webhookRetries?: RetryPolicy;
  readonly webhookTimeoutMs?: number;
  readonly pollMs?: number;
  readonly leaseMs?: number;
  /** How long one subscription is delivered for before the others' turn comes; default 10 seconds. */
  readonly turnMs?: number;
}

export interface HandlerOptions {
  /** Its checkpoint is kept under it. Give one where code is minified: function names change with every build. */
  readonly name?: string;
  /** The first time, start with the oldest event the log has (seven days) instead of with what commits from now on. */
  readonly fromStart?: boolean;
  /** Events of one call at most; default 100, up to 1,000. */
  readonly batchSize?: number;
}

export interface EventHandle {
  readonly name: string;
  /** The checkpoint is in Postgres: what commits from here on is heard of. Needs `start()`. */
  readonly ready: Promise<void>;
  /** Ends after the batch in hand; the checkpoint stays. */
  stop(): Promise<void>;
}

interface Registered extends Omit<Subscriber, 'stopping'> {
  readonly fromStart: boolean;
  ensured: boolean;
  readonly settleReady: { readonly resolve: () => void; readonly reject: (error: Error) => void };
}

/**
 * Hosts hear of stored events: handlers in this process, and signed webhooks. At least once and in commit order, each
 * subscription from its own durable checkpoint. Processes that share a subscription take turns: one delivers at a time,
 * under a lease that it renews; where that process is killed, another takes over once the lease has run out.
 */
export class EventSubscriptions<Plan extends TrackingPlan = TrackingPlan> extends SubscriptionAdmin {
  private readonly handlers = new Map<string, Registered>();
  private readonly loop: DeliveryLoop;

  constructor(private readonly options: SubscriptionOptions<Plan>) {
    const { plan, prisma, log, now = () => new Date(), allowPrivateNetworks = false } = options;
    super({ plan, prisma, allowPrivateNetworks });
    const requestOptions = { now, allowPrivateNetworks, timeoutMs: options.webhookTimeoutMs ?? WEBHOOK_TIMEOUT_MS };
    const webhook = (
      name: string,
      eventTypes: readonly string[],
      signal: AbortSignal,
    ): Omit<Subscriber, 'stopping'> => ({
      name,
      types: eventTypes.includes(ALL_TYPES) ? null : eventTypes,
      batchSize: EVENTS_PER_DELIVERY,
      retries: options.webhookRetries ?? WEBHOOK_RETRIES,
      deliver: async (events) => {
        // Read for each request: a new secret or a new URL counts from the next one on.
        const target = await findWebhookTarget(prisma, name);
        if (!target) throw new DeliveryFailed('The webhook was removed.', { divisible: false, gone: true });
        await postWebhook({ ...target, subscription: name, events }, { ...requestOptions, signal });
      },
    });
    this.loop = new DeliveryLoop({
      prisma,
      log,
      now,
      leaseMs: options.leaseMs ?? LEASE_MS,
      turnMs: options.turnMs ?? TURN_MS,
      pollMs: options.pollMs ?? POLL_MS,
      webhooksAtOnce: WEBHOOKS_AT_ONCE,
      prepare: () => this.ensureHandlers(),
      handler: (name) => this.handlers.get(name),
      handlers: () => [...this.handlers.values()].filter(({ ensured }) => ensured).map(({ name }) => name),
      webhook: options.deliverWebhooks === false ? null : webhook,
    });
  }

  /**
   * Calls `handler` with stored events of the types, batch by batch, one call at a time. It has them for good when it
   * returns or its promise resolves. When it throws, the batch is tried again with growing waits; at last the events to
   * blame are searched by halving it, and kept as dead letters. It has to cope with seeing an event twice.
   *
   * @throws Error for an anonymous handler without a name, a name that is taken in this process, or an unknown type.
   */
  onEventStored<const Type extends EventTypeOf<Plan>>(
    types: readonly Type[] | typeof ALL_TYPES,
    handler: (events: StoredEvent<Plan, Type>[]) => Promise<void> | void,
    { name: ownName, fromStart = false, batchSize = EVENTS_PER_DELIVERY }: HandlerOptions = {},
  ): EventHandle {
    const checked = checkTypes(this.options.plan, types);
    const name = handlerName(ownName, handler.name, types);
    if (this.handlers.has(name)) throw new Error(`There is a handler "${name}" in this process already.`);
    if (!(Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= LARGEST_BATCH)) {
      throw new RangeError(`batchSize is a whole number from 1 to ${LARGEST_BATCH}.`);
    }
    // The plan is the word on what props of its types are; the store reads them as JSON.
    const deliver: Deliver = async (events) => handler(events as unknown as StoredEvent<Plan, Type>[]);
    let settleReady: Registered['settleReady'] = { resolve: () => {}, reject: () => {} };
    const ready = new Promise<void>((resolve, reject) => {
      settleReady = { resolve, reject };
    });
    // Whoever does not wait for it finds the reason in the log.
    ready.catch(() => {});
    this.handlers.set(name, {
      name,
      types: types === ALL_TYPES ? null : checked,
      batchSize,
      fromStart,
      retries: this.options.handlerRetries ?? HANDLER_RETRIES,
      deliver,
      ensured: false,
      settleReady,
    });
    this.loop.wake();
    const stop = async () => {
      this.handlers.delete(name);
      await this.loop.leave(name);
    };
    return { name, ready, stop };
  }

  /** Begins to deliver. Nothing does before. */
  start(): void {
    this.loop.start();
  }

  /** Looks for new events at once, for example after a flush of this process; otherwise that takes up to a second. */
  wake(): void {
    this.loop.wake();
  }

  /** Ends after the batches in hand, or at the deadline: what is under way then will be delivered again. */
  stop(deadlineMs: number = STOP_DEADLINE_MS): Promise<void> {
    return this.loop.stop(deadlineMs);
  }

  private async ensureHandlers(): Promise<void> {
    for (const handler of this.handlers.values()) {
      if (handler.ensured) continue;
      const { name, types, fromStart, settleReady } = handler;
      const kind = await ensureHandler(this.options.prisma, { name, eventTypes: types ?? [ALL_TYPES], fromStart });
      if (kind === 'handler') {
        handler.ensured = true;
        settleReady.resolve();
      } else {
        this.handlers.delete(name);
        const error = new Error(`A webhook has the name "${name}"; the handler needs another.`);
        this.options.log.error({ err: error }, 'a handler was not started');
        settleReady.reject(error);
      }
    }
  }
}
