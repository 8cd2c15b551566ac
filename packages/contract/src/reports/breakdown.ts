import { z } from 'zod';
import { DIMENSIONS, SESSION_DIMENSIONS } from './dimensions.ts';
import { figure } from './figure.ts';
import { answeredScope, reportScope } from './scope.ts';
import { storedText } from './stored-text.ts';

/** `entity:` and a type of entities, or `prop:` and the name of a prop. */
const named = z
  .string()
  .regex(/^(prop|entity):[^\0]{1,100}$/, 'is neither a dimension nor "entity:" or "prop:" with a name');

export const breakdownInput = reportScope.extend({
  /**
   * A dimension of events or of sessions, `event_type`, `entity:` and a type of entities for the entities of it, or `prop:`
   * and the name of a prop of `eventType`.
   */
  by: z.union([z.enum([...new Set([...DIMENSIONS, ...SESSION_DIMENSIONS, 'event_type'] as const)]), named]),
  /** Sessions by a dimension of theirs are those that began in the period, by anything else those with such an event. */
  metric: z.enum(['events', 'visitors', 'sessions', 'value']).default('events'),
  eventType: storedText(100).optional(),
  /** Values in the answer; the others are summed up. */
  limit: z.coerce.number().int().min(1).max(1_000).default(10),
});
export type BreakdownInput = z.infer<typeof breakdownInput>;

export const breakdownAnswer = z.object({
  scope: answeredScope,
  /** The most frequent first; an empty value is null. */
  rows: z.array(
    figure.extend({
      name: z.string().nullable(),
      /** Per cent of the total. Visitors and sessions can be in several rows. */
      share: z.number(),
    }),
  ),
  /** What is in no row; of visitors and sessions, those with any value that has no row. */
  other: figure,
  total: figure,
});
export type BreakdownAnswer = z.infer<typeof breakdownAnswer>;
