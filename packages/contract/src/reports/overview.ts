import { z } from 'zod';
import { figure } from './figure.ts';
import { answeredScope, reportScope } from './scope.ts';

export const overviewInput = reportScope;

/** A figure of a period and of the one before it, which is as long. */
const compared = figure.extend({
  previous: z.number(),
  /** Per cent; null where nothing was before. */
  change: z.number().nullable(),
});
export type ComparedFigure = z.infer<typeof compared>;

export const overviewAnswer = z.object({
  scope: answeredScope,
  /** Where `previous` figures are from. */
  previous: z.object({ from: z.iso.datetime(), to: z.iso.datetime() }),
  /** First UTC day of the site's events, null before there are any. With a later one than `previous` a change means nothing. */
  since: z.iso.date().nullable(),
  visitors: compared,
  /** That went on in the period. */
  sessions: compared,
  events: compared,
  pageViews: compared,
  conversions: compared,
  /** Per cent of the sessions begun in the period that have a conversion. */
  conversionRate: compared,
  /** Per cent of the sessions begun in the period that saw one page once and have no conversion. */
  bounceRate: compared,
  /** Seconds from the first to the last event of a session, on average. */
  sessionDuration: compared,
  /** In the plan's unit. */
  value: compared,
});
export type OverviewAnswer = z.infer<typeof overviewAnswer>;
