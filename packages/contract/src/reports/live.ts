import { z } from 'zod';
import { EVENT_SOURCES } from '../event-input.ts';

/** What a live stream of a site takes. tRPC's client sets `lastEventId` itself when it connects again. */
export const liveInput = z.strictObject({
  /** Default: the site of the request. */
  siteId: z.guid().optional(),
  /** Events of these types only; counters are always those of all types. Empty or missing for all. */
  eventTypes: z.array(z.string().min(1).max(100)).max(100).optional(),
  /** Id of the last message that was seen; missing to begin with what comes next. */
  lastEventId: z.string().max(200).nullish(),
});
export type LiveInput = z.infer<typeof liveInput>;

/** An event as it was accepted: not enriched yet, bots among them. */
const liveEvent = z.object({
  id: z.string(),
  eventType: z.string(),
  occurredAt: z.iso.datetime(),
  receivedAt: z.iso.datetime(),
  source: z.enum(EVENT_SOURCES),
  /** Where its type is that of a page view; its first 300 characters. */
  page: z.string().nullable(),
  entityType: z.string().nullable(),
  entityId: z.string().nullable(),
  /** Tells visitors apart; a hash, and not the id that reports know. Null where nothing is known of the visitor. */
  visitor: z.string().nullable(),
});
export type LiveEvent = z.infer<typeof liveEvent>;

/** In the order they were accepted in, one message for what was accepted within a few hundredths of a second. */
const liveEvents = z.object({ kind: z.literal('events'), events: z.array(liveEvent) });

/**
 * Each second. Counts of accepted events as they came in: an aggregated or a sampled one counts once. Times are those at
 * which the servers received them; the second that has just passed is only counted half a second later.
 */
const liveCounters = z.object({
  kind: z.literal('counters'),
  /** End of what is counted; a full second. */
  at: z.iso.datetime(),
  /** Events of the second before `at`. */
  lastSecond: z.int(),
  /** Events of the 60 seconds before `at`. */
  lastMinute: z.int(),
  /** The five most frequent types of that minute. */
  byType: z.array(z.object({ eventType: z.string(), events: z.int() })).max(5),
  /** Distinct visitors with an event in the five minutes before `at`, or since. */
  activeVisitors: z.int(),
  /** Counted from here on, where that is less than five minutes ago: what came before is not known any more. */
  since: z.iso.datetime(),
  /** False while the stream cannot be read: events are stored all the same, and missing here. */
  upToDate: z.boolean(),
});
export type LiveCounters = z.infer<typeof liveCounters>;

/** Events of any type that the stream does not hold (any more): about so many, null where that is unknown. */
const liveGap = z.object({ kind: z.literal('gap'), missed: z.int().nullable() });

/** Events of any type that were left out because this reader did not take them in time. */
const liveDropped = z.object({ kind: z.literal('dropped'), events: z.int() });

export const liveMessage = z.discriminatedUnion('kind', [liveEvents, liveCounters, liveGap, liveDropped]);
export type LiveMessage = z.infer<typeof liveMessage>;
