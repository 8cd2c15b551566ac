import { z } from 'zod';
import { LIMITS } from './limits.ts';
import type { EventTypeOf, TrackingPlan } from './plan.ts';

/** Every event type; for subscriptions that want them all. */
export const ALL_TYPES = '*';

/** Most events of one webhook request, and of one batch of a handler unless it asks for another size. */
export const EVENTS_PER_DELIVERY = 100;

/** An event as subscribers get it, times as ISO 8601 UTC. Address hash, user agent and idempotency key stay inside. */
export const storedEvent = z.object({
  /** The same each time the event is delivered: what a subscriber recognises a repeat by. */
  id: z.guid(),
  eventType: z.string(),
  schemaVersion: z.int(),
  tenantId: z.guid(),
  siteId: z.guid(),
  occurredAt: z.iso.datetime(),
  receivedAt: z.iso.datetime(),
  /** `web`, `server`, `mobile` or `import`, unless a host wrote the row by itself. */
  source: z.string(),
  entityType: z.string().nullable(),
  entityId: z.string().nullable(),
  actorId: z.string().nullable(),
  visitorId: z.string().nullable(),
  sessionId: z.string().nullable(),
  props: z.record(z.string(), z.unknown()),
  /** How many accepted events it stands for; above 1 only for aggregated types. */
  count: z.int(),
  /** Per cent of visitors the type was sampled at. */
  samplingRate: z.number(),
});
export type AnyStoredEvent = z.infer<typeof storedEvent>;

/**
 * A stored event of the plan, discriminated by `eventType`. The props are those of the plan's current version; an event
 * that was stored under an older one says so in `schemaVersion`.
 */
export type StoredEvent<Plan extends TrackingPlan, Type extends EventTypeOf<Plan> = EventTypeOf<Plan>> = {
  [Each in Type]: Omit<AnyStoredEvent, 'eventType' | 'props'> & {
    eventType: Each;
    props: z.output<Plan['types'][Each]['props']>;
  };
}[Type];

/** Body of a webhook request. */
export const webhookDelivery = z.object({
  subscription: z.string(),
  /** The same for the same events, however often they are sent. */
  deliveryId: z.string(),
  events: z.array(storedEvent).max(EVENTS_PER_DELIVERY),
});
export type WebhookDelivery = z.infer<typeof webhookDelivery>;

export const subscriptionName = z
  .string()
  .regex(/^[\w.:,*-]{1,200}$/, 'is 1 to 200 letters, digits or any of . : , * - _');
const eventTypes = z.union([z.literal(ALL_TYPES), z.array(z.string()).min(1)]);
const secret = z.string().min(16).max(200);

export const newWebhook = z.object({
  name: subscriptionName,
  /** http or https; no credentials in it. */
  url: z.url({ protocol: /^https?$/ }).max(LIMITS.urlLength),
  eventTypes,
  /** At least 16 characters; made when left out. */
  secret: secret.optional(),
});
export type NewWebhook = z.infer<typeof newWebhook>;

/** Shown this once. */
export const webhookSecret = z.object({ name: z.string(), secret });
export type WebhookSecret = z.infer<typeof webhookSecret>;

const count = z.int().min(0);
const time = z.iso.datetime().nullable();

export const subscriptionStatus = z.object({
  name: z.string(),
  kind: z.enum(['handler', 'webhook']),
  eventTypes: z.array(z.string()),
  url: z.string().nullable(),
  enabled: z.boolean(),
  delivered: count,
  deadLettered: count,
  /** Events, of any type, that left the log before this subscription had read them. */
  missed: count,
  /** Attempts at the batch in hand; 0 when there is none. */
  attempts: count,
  nextAttemptAt: time,
  lastError: z.string().nullable(),
  lastDeliveredAt: time,
  /** When the oldest that is not delivered was stored; null when nothing waits. */
  oldestWaitingAt: time,
  createdAt: z.iso.datetime(),
});
export type SubscriptionStatus = z.infer<typeof subscriptionStatus>;

export const subscriptionDeadLetter = z.object({
  id: z.guid(),
  subscription: z.string(),
  eventIds: z.array(z.guid()),
  error: z.string(),
  attempts: count,
  createdAt: z.iso.datetime(),
  /** It waits for its turn to be delivered again. */
  replayRequestedAt: time,
  replayedAt: time,
});
export type SubscriptionDeadLetter = z.infer<typeof subscriptionDeadLetter>;
