import { z } from 'zod';
import { figure } from './figure.ts';
import { answeredScope, reportScope } from './scope.ts';

/** Days are those of the time zone. */
export const dailyInput = reportScope;

export const dailyAnswer = z.object({
  scope: answeredScope,
  /** Every day has a row. The first and the last may be cut by the period. */
  days: z.array(
    z.object({
      /** `2026-11-22` */
      day: z.iso.date(),
      start: z.iso.datetime(),
      /** What stored rows stand for. */
      events: z.number(),
      /** Rows of events. */
      stored: z.number(),
      pageViews: z.number(),
      conversions: z.number(),
      /** In the plan's unit. */
      value: z.number(),
      visitors: figure,
      /** That began on the day. */
      sessions: z.number(),
    }),
  ),
});
export type DailyAnswer = z.infer<typeof dailyAnswer>;
