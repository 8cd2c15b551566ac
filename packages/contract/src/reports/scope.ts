import { z } from 'zod';
import { timeZone } from '../time-zone.ts';
import { reportFilter } from './filter.ts';

const instant = z.iso.datetime({ offset: true });

/** Bots are counted unless they are left out. */
export const bots = z.enum(['include', 'exclude', 'only']);
export type Bots = z.infer<typeof bots>;

/** What every report takes: whose events, and which. Spread it into the input of a question. */
export const reportScope = z.strictObject({
  /** Default: the site of the request. */
  siteId: z.guid().optional(),
  /** ISO 8601 with an offset; included. */
  from: instant,
  /** Not included. */
  to: instant,
  /** What days, hours and weeks of the answer are those of. */
  timeZone: timeZone.default('UTC'),
  bots: bots.default('include'),
  filter: reportFilter.default([]),
  /** A saved filter, met beside `filter`. */
  segmentId: z.guid().optional(),
});
export type ReportScope = z.infer<typeof reportScope>;

/**
 * Null for an answer that nothing is missing in. Otherwise it needed events one by one from before this time, and retention
 * has removed some of them, of whatever site and type: what it says of that part may be too low, its errors too.
 */
export const incompleteBefore = z.iso.datetime().nullable();

/** A scope as it was understood; part of every answer. */
export const answeredScope = z.object({
  siteId: z.string(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  incompleteBefore,
});
export type AnsweredScope = z.infer<typeof answeredScope>;
