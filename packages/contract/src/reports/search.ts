import { z } from 'zod';
import { EVENT_SOURCES } from '../event-input.ts';
import { LIMITS } from '../limits.ts';
import type { EventTypeOf, TrackingPlan } from '../plan.ts';
import { answeredScope, reportScope } from './scope.ts';
import { storedText } from './stored-text.ts';

const id = storedText(LIMITS.idLength);
const type = storedText(LIMITS.keyLength);
const scalar = z.union([storedText(500), z.number(), z.boolean()]);

/** What the value of one prop has to be; all that is said has to hold. */
const propCondition = z
  .strictObject({
    is: scalar,
    in: z.array(scalar).min(1).max(100),
    above: z.number(),
    below: z.number(),
    /** Of a text: a part of it, upper and lower case alike. Of a list: one of its elements. */
    contains: scalar,
    /** Whether the event has the prop at all. */
    exists: z.boolean(),
  })
  .partial()
  .refine((condition) => Object.values(condition).some((part) => part !== undefined), 'says nothing');
export type PropConditionInput = z.infer<typeof propCondition>;

/** Events of a page, and at most. */
const PAGE = 50;
const LONGEST_PAGE = 200;

/**
 * Conditions on events, all of which have to hold. A filter, a segment, `bots` and `workedOutSessionId` are about events as
 * they count: with one of these, an event is found once it is enriched and counted, and a duplicate never is. Without,
 * everything stored is found, as soon as it is.
 */
export const searchInput = reportScope.extend({
  eventType: type.optional(),
  eventTypes: z.array(type).min(1).max(100).optional(),
  source: z.enum(EVENT_SOURCES).optional(),
  service: storedText(LIMITS.serviceLength).optional(),
  entityType: type.optional(),
  entityId: id.optional(),
  actorId: id.optional(),
  visitorId: id.optional(),
  /** As it was sent. */
  sessionId: id.optional(),
  /** The session that enrichment found the event to be of; several of them may have been sent under one `sessionId`. */
  workedOutSessionId: z.guid().optional(),
  /** By name, as the tracking plan has them today. */
  props: z.record(storedText(LIMITS.keyLength), propCondition).default({}),
  order: z.enum(['newest', 'oldest']).default('newest'),
  limit: z.int().min(1).max(LONGEST_PAGE).default(PAGE),
  /** `nextCursor` of the page before, asked with the same conditions; only `limit` may be another. */
  cursor: z.string().max(500).optional(),
});
export type ParsedSearchInput = z.output<typeof searchInput>;

const text = z.string().nullable();

export const foundEvent = z.object({
  id: z.string(),
  eventType: z.string(),
  occurredAt: z.iso.datetime(),
  receivedAt: z.iso.datetime(),
  /** The version of the type that it is stored under. */
  schemaVersion: z.int(),
  source: z.string(),
  service: text,
  entityType: text,
  entityId: text,
  actorId: text,
  visitorId: text,
  sessionId: text,
  /** Null until the event is enriched, and where it belongs to no session. */
  workedOutSessionId: text,
  /** Null until the event is enriched. */
  isBot: z.boolean().nullable(),
  channel: text,
  /** How many events the row stands for before sampling. */
  count: z.int(),
  /** Per cent. */
  samplingRate: z.number(),
  /** The event that this one repeats. */
  duplicateOf: text,
  /** As today's plan has them. */
  props: z.record(z.string(), z.unknown()),
});
export type FoundEvent = z.infer<typeof foundEvent>;

export const searchAnswer = z.object({
  scope: answeredScope,
  /** In the order asked for; events of one millisecond by id. */
  events: z.array(foundEvent),
  /** Null where there are no more. */
  nextCursor: z.string().nullable(),
  /**
   * Null, or how far the look came before its time was up: the page is then shorter than it might be, even empty, and
   * `nextCursor` goes on from this instant.
   */
  scannedTo: z.iso.datetime().nullable(),
});
export type SearchAnswer = z.infer<typeof searchAnswer>;

type Scalar = string | number | boolean;
type Is<Value> = [Extract<Value, Scalar>] extends [never]
  ? unknown
  : { is?: Extract<Value, Scalar>; in?: readonly Extract<Value, Scalar>[] };
type Compares<Value> = [Extract<Value, number>] extends [never] ? unknown : { above?: number; below?: number };
type PartOf<Value> = Value extends string
  ? string
  : Value extends readonly (infer Element)[]
    ? Extract<Element, Scalar>
    : never;
type Contains<Value> = [PartOf<Value>] extends [never] ? unknown : { contains?: PartOf<Value> };

/** The conditions that a prop of a type can be put under. */
export type PropCondition<Value> = { exists?: boolean } & Is<Value> & Compares<Value> & Contains<Value>;

type Shape<Plan extends TrackingPlan, Type extends EventTypeOf<Plan>> = Plan['types'][Type]['props']['shape'];
type PropNames<Plan extends TrackingPlan, Type extends EventTypeOf<Plan>> = Type extends unknown
  ? Extract<keyof Shape<Plan, Type>, string>
  : never;
type ValueOf<Plan extends TrackingPlan, Type extends EventTypeOf<Plan>, Name> = Type extends unknown
  ? Name extends keyof Shape<Plan, Type>
    ? z.output<Shape<Plan, Type>[Name]>
    : never
  : never;

/** Conditions on the props of a type; of several types, on those that any of them has. */
export type PropConditions<Plan extends TrackingPlan, Type extends EventTypeOf<Plan>> = {
  [Name in PropNames<Plan, Type>]?: PropCondition<ValueOf<Plan, Type, Name>>;
};

type Untyped = Omit<z.input<typeof searchInput>, 'eventType' | 'eventTypes' | 'props'>;

/** What is searched for, typed by the plan: with `eventType` the props are those of the type, else those of any. */
export type SearchInput<Plan extends TrackingPlan> = Untyped &
  (
    | {
        [Type in EventTypeOf<Plan>]: { eventType: Type; eventTypes?: undefined; props?: PropConditions<Plan, Type> };
      }[EventTypeOf<Plan>]
    | {
        eventType?: undefined;
        eventTypes?: readonly EventTypeOf<Plan>[];
        props?: PropConditions<Plan, EventTypeOf<Plan>>;
      }
  );
