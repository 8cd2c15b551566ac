import { z } from 'zod';
import { LIMITS } from './limits.ts';
import type { EventTypeOf, PropsOf, TrackingPlan } from './plan.ts';

const text = (length: number) => z.string().min(1).max(length);

/** Where a visitor came from and what with, as the caller saw it. */
export const attributionInput = z.strictObject({
  utmSource: text(LIMITS.idLength).optional(),
  utmMedium: text(LIMITS.idLength).optional(),
  utmCampaign: text(LIMITS.idLength).optional(),
  utmContent: text(LIMITS.idLength).optional(),
  utmTerm: text(LIMITS.idLength).optional(),
  referrer: z.string().max(LIMITS.urlLength).optional(),
  landingPage: z.string().max(LIMITS.urlLength).optional(),
  clickIds: z.record(text(LIMITS.keyLength), z.string().max(LIMITS.urlLength)).optional(),
  /** Of the browser, such as `en-GB` (BCP 47). Its region is what reports know as the country. */
  language: text(LIMITS.languageLength).optional(),
  /** Of the device, such as `Europe/Berlin`. */
  timeZone: text(LIMITS.keyLength).optional(),
  /** Width and height of the window in CSS pixels, such as `1280x720`. */
  viewport: z
    .string()
    .regex(/^\d{1,5}x\d{1,5}$/, 'is no width and height such as 1280x720')
    .optional(),
});
export type AttributionInput = z.infer<typeof attributionInput>;

export const EVENT_SOURCES = ['web', 'server', 'mobile', 'import'] as const;
export type EventSource = (typeof EVENT_SOURCES)[number];

const occurredAt = z.union([z.iso.datetime({ offset: true }), z.date()]);

/** The envelope of an event on the wire. `props` are judged by the tracking plan, type by type. */
export const eventEnvelope = z.strictObject({
  eventType: text(LIMITS.keyLength),
  source: z.enum(EVENT_SOURCES),
  /** The service that sent it, for products made of several. */
  service: text(LIMITS.serviceLength).nullish(),
  entityId: text(LIMITS.idLength).nullish(),
  entityType: text(LIMITS.keyLength).nullish(),
  sessionId: text(LIMITS.idLength).nullish(),
  /** A claim that is checked against the session, never a way to become somebody. */
  actorId: text(LIMITS.idLength).nullish(),
  /** When it happened. Freeze it together with the key before the first attempt. */
  occurredAt: occurredAt.nullish(),
  props: z.record(z.string(), z.unknown()),
  attribution: attributionInput.nullish(),
  idempotencyKey: text(LIMITS.idempotencyKeyLength).nullish(),
  schemaVersion: z.int().min(1).max(32_767).nullish(),
});
export type EventEnvelope = z.infer<typeof eventEnvelope>;

type EntityFields<Entity> = Entity extends string
  ? { entityId: string; entityType?: Entity | null }
  : { entityId?: string | null; entityType?: string | null };

/** One event of one type, as a caller of the plan writes it. */
export type EventInputOf<Plan extends TrackingPlan, Type extends EventTypeOf<Plan>> = Omit<
  EventEnvelope,
  'eventType' | 'props' | 'entityId' | 'entityType'
> & { eventType: Type; props: PropsOf<Plan, Type> } & EntityFields<Plan['types'][Type]['entityType']>;

/** Any event of the plan: a union discriminated by `eventType`. */
export type EventInput<Plan extends TrackingPlan> = {
  [Type in EventTypeOf<Plan>]: EventInputOf<Plan, Type>;
}[EventTypeOf<Plan>];
