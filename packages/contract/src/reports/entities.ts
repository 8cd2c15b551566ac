import { z } from 'zod';
import { figure } from './figure.ts';
import { answeredScope, reportScope } from './scope.ts';
import { storedText } from './stored-text.ts';

const label = storedText(200).min(1);

export const entitiesInput = reportScope.extend({
  /** The kind of thing that events happened to, such as `asset`. */
  entityType: label,
  /** What entities are put in order by: events of this type. Those without one have no row. Default: events of all types. */
  eventType: storedText(100).min(1).optional(),
  sort: z.enum(['events', 'value']).default('events'),
  /** Rows in the answer; the entities in no row are summed up. */
  limit: z.int().min(1).max(500).default(20),
});
export type EntitiesAsked = Pick<z.infer<typeof entitiesInput>, 'entityType' | 'eventType' | 'sort' | 'limit'>;

const worth = z.object({
  events: figure,
  /** In the plan's unit. */
  value: figure,
});
export type EntityWorth = z.infer<typeof worth>;

const ofType = worth.extend({ eventType: z.string() });

export const entitiesAnswer = z.object({
  scope: answeredScope,
  /** Events of all types, whatever they are put in order by; the most first. */
  rows: z.array(worth.extend({ entityId: z.string(), byType: z.record(z.string(), worth) })),
  /** Events of entities that have no row. */
  other: worth,
  total: worth.extend({
    /** Entities that something happened to, exact but for those of which no event was kept by sampling. */
    entities: z.number(),
  }),
  /** Of all entities together, by event type; the most frequent first. */
  types: z.array(ofType),
});
export type EntitiesAnswer = z.infer<typeof entitiesAnswer>;

export const entityInput = reportScope.extend({ entityType: label, entityId: label });

export const entityAnswer = z.object({
  scope: answeredScope,
  total: worth,
  /** The most frequent first. */
  types: z.array(ofType),
  /** Each day of the time zone that the period touches, also without events. */
  days: z.array(worth.extend({ start: z.iso.datetime() })),
});
export type EntityAnswer = z.infer<typeof entityAnswer>;
