import { z } from 'zod';
import { answeredScope, reportScope } from './scope.ts';
import { storedText } from './stored-text.ts';

/** Of the history that says what is usual. */
export const BASELINE_WEEKS = 8;
/** With fewer of them nothing is called usual. */
export const FEWEST_WEEKS = 4;

export const baselineInput = reportScope
  .extend({
    metric: z.enum(['events', 'visitors', 'sessions', 'page_views', 'conversions']).default('events'),
    /** Of a bucket, in the time zone. */
    unit: z.enum(['hour', 'day']),
    /** Events of one type. */
    eventType: storedText(100).optional(),
  })
  .refine(({ metric, unit }) => metric !== 'visitors' || unit === 'day', {
    path: ['unit'],
    message: 'Visitors have a baseline by day only: ask with unit "day", or for sessions.',
  });
export type BaselineInput = z.infer<typeof baselineInput>;

const usualRange = z.object({ low: z.number().min(0), median: z.number(), high: z.number() });
export type UsualRange = z.infer<typeof usualRange>;

/**
 * The buckets of `stats.timeseries` with the same input. What is usual is the median of the same hour of the week, or the
 * same day of it, in the eight weeks before, and four scaled median absolute deviations (× 1.4826) around it, at least five.
 */
export const baselineAnswer = z.object({
  scope: answeredScope,
  points: z.array(
    z.object({
      start: z.iso.datetime(),
      /** Null where fewer than four of those weeks have a history. */
      usual: usualRange.nullable(),
      /** What is outside. A bucket that is not over, or cut by the period, is never called too low. */
      unusual: z.enum(['above', 'below']).nullable(),
    }),
  ),
});
export type BaselineAnswer = z.infer<typeof baselineAnswer>;
