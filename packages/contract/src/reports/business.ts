import { z } from 'zod';
import { timeZone } from '../time-zone.ts';
import { incompleteBefore } from './scope.ts';

const instant = z.iso.datetime({ offset: true });
const count = z.number();
const counts = z.array(z.object({ name: z.string().nullable(), events: count }));

export const businessInput = z.strictObject({
  siteId: z.guid().optional(),
  /** Of the hours of the day. */
  timeZone: timeZone.default('UTC'),
});

/** How the site is doing, at most a minute old. Bots are counted. */
export const businessAnswer = z.object({
  siteId: z.string(),
  takenAt: z.iso.datetime(),
  incompleteBefore,
  /** Of all that was ever counted. */
  totals: z.object({ events: count, stored: count, value: count }),
  /** Of the last 30 days, the most frequent first. */
  bySource: counts,
  byService: counts,
  last24Hours: z.object({
    events: count,
    visitors: count,
    sessions: count,
    pageViews: count,
    conversions: count,
    value: count,
  }),
  lastHour: z.object({ events: count, visitors: count }),
  /** The last 60 minutes, the oldest first. */
  perMinute: z.array(z.object({ start: z.iso.datetime(), events: count })),
  /** Of the last 24 hours. */
  top: z.object({ types: counts, pages: counts, entities: counts }),
  /** Events by the hour of the day they happened in, 0 to 23, over the last 30 days. */
  byHour: z.array(z.object({ hour: z.int().min(0).max(23), events: count })),
});
export type BusinessAnswer = z.infer<typeof businessAnswer>;

/** No clock shows earlier ones, and later ones Postgres does not know. */
const plausible = instant.refine((time) => {
  const year = new Date(time).getUTCFullYear();
  return year >= 1990 && year <= 9999;
}, 'is a time before 1990 or after 9999');

export const businessHistoryInput = z.strictObject({
  siteId: z.guid().optional(),
  from: plausible,
  to: plausible,
  limit: z.coerce.number().int().min(1).max(10_000).default(1_440),
});
/** The latest first; those that were asked for are kept, for 90 days. */
export const businessHistoryAnswer = z.object({ snapshots: z.array(businessAnswer) });
