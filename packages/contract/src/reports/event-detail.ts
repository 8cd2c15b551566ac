import { z } from 'zod';
import { entitySnapshot } from '../attribution.ts';
import { foundEvent } from './search.ts';

export const eventDetailInput = z.strictObject({
  /** Default: the site of the request. */
  siteId: z.guid().optional(),
  id: z.guid(),
});

const text = z.string().nullable();
const object = z.record(z.string(), z.unknown());

/** An event in short. */
const neighbour = z.object({
  id: z.string(),
  eventType: z.string(),
  occurredAt: z.iso.datetime(),
  /** Path of the page it happened on, for views of pages. */
  page: text,
  entityType: text,
  entityId: text,
});

export const eventAttribution = z.object({
  deviceType: text,
  deviceBrand: text,
  deviceModel: text,
  os: text,
  osVersion: text,
  browser: text,
  browserVersion: text,
  isBot: z.boolean(),
  channel: text,
  referrer: text,
  referrerDomain: text,
  landingPage: text,
  utmSource: text,
  utmMedium: text,
  utmCampaign: text,
  utmContent: text,
  utmTerm: text,
  /** By the name of the parameter, such as `gclid`. */
  clickIds: object.nullable(),
  updatedAt: z.iso.datetime(),
});

export const eventDetailAnswer = z.object({
  siteId: z.string(),
  event: foundEvent.extend({
    /** Under `schemaVersion`, without the mark of a duplicate. */
    storedProps: object,
    /** Version and props as they were sent, where they came in an older version than they are stored in. */
    sent: object.nullable(),
    createdAt: z.iso.datetime(),
    idempotencyKey: text,
    correlationId: text,
    /** The tracking client that sent it, such as `web/1.2.0`. */
    clientVersion: text,
    /** Kept whatever retention says. */
    retentionExempt: z.boolean(),
  }),
  /** Null for an event that repeats none. `markedAt` and `runId` are null where it was marked by hand. */
  duplicate: z.object({ duplicateOf: text, markedAt: z.iso.datetime().nullable(), runId: text }).nullable(),
  /** Null until the event is enriched. */
  attribution: eventAttribution.nullable(),
  /** Null until the event is enriched, and where it belongs to no session. */
  session: z
    .object({
      /** Id of its first event. */
      id: z.string(),
      startedAt: z.iso.datetime(),
      /** From the start of the session to this event. */
      durationMs: z.int(),
      /** 1 for the first event of the session. */
      sequence: z.int(),
      /** Of the last event so far; null until the session is counted. */
      endedAt: z.iso.datetime().nullable(),
    })
    .nullable(),
  /** What the entity of the event looked like; null where no reader knows its type. */
  snapshot: entitySnapshot.nullable(),
  /** Attribution as the caller sent it. */
  touch: object.nullable(),
  /** Events of the same session that count, up to 20 on each side, in the order they happened. */
  neighbours: z.object({ before: z.array(neighbour), after: z.array(neighbour) }),
});
export type EventDetailAnswer = z.infer<typeof eventDetailAnswer>;
