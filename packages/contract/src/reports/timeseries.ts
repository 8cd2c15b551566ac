import { z } from 'zod';
import { DIMENSIONS } from './dimensions.ts';
import { figure } from './figure.ts';
import { answeredScope, reportScope } from './scope.ts';
import { storedText } from './stored-text.ts';

export const TIME_UNITS = ['minute', 'quarter', 'hour', 'day', 'week', 'month'] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

/** Points of one series. */
export const MOST_BUCKETS = 2_000;

export const timeseriesInput = reportScope.extend({
  metric: z.enum(['events', 'visitors', 'sessions', 'page_views', 'conversions', 'value']).default('events'),
  /** Of a bucket, in the time zone; weeks begin on Monday, a quarter is one of an hour. `auto` makes some 30 to 200 of them. */
  unit: z.enum([...TIME_UNITS, 'auto']).default('auto'),
  /** Events of one type. */
  eventType: storedText(100).optional(),
  /** A series for each of the five most frequent values, and one for all others. Sessions have some of them only. */
  by: z.enum([...DIMENSIONS, 'event_type']).optional(),
  /** Adds the same series of the period of equal length before. */
  previous: z.boolean().default(false),
});
export type TimeseriesInput = z.infer<typeof timeseriesInput>;

const point = figure.extend({ start: z.iso.datetime() });
const series = z.object({
  /** A value of `by`; null for events that have none, for all others, and without `by`. */
  name: z.string().nullable(),
  /** Of all values that have no series of their own; of visitors, those with any of them. */
  other: z.boolean(),
  points: z.array(point),
});

/** Every bucket has a point; where nothing happened it is 0. The first and the last may be cut by the period. */
export const timeseriesAnswer = z.object({
  scope: answeredScope,
  unit: z.enum(TIME_UNITS),
  series: z.array(series),
  previous: z.array(series).nullable(),
});
export type TimeseriesAnswer = z.infer<typeof timeseriesAnswer>;
export type Series = z.infer<typeof series>;
