import { z } from 'zod';

/** Days of sessions that a run looks at. */
export const PATTERN_DAYS = 30;
/** With fewer visitors nothing is said of them. */
export const FEWEST_VISITORS = 50;

/** Fewer who behave alike are no group. */
export const FEWEST_IN_CLUSTER = 5;

/** What visitors are told apart by, each over their sessions of the period. */
export const VISITOR_FEATURES = [
  /** Sessions of the visitor. */
  'sessions',
  /** Page views of a session, on average. */
  'pageViews',
  /** Seconds of a session, on average. */
  'seconds',
  /** Conversions of the visitor. */
  'conversions',
  /** Per cent of the sessions on phones and tablets. */
  'mobile',
  /** Per cent of the sessions that began between six in the evening and six in the morning. */
  'night',
  /** Per cent of the sessions that a campaign brought. */
  'campaign',
] as const;
export type VisitorFeature = (typeof VISITOR_FEATURES)[number];

const count = z.int().min(0);

const visitorCluster = z.object({
  /** In words, from what tells it apart. */
  name: z.string(),
  visitors: count,
  /** Per cent of those looked at. */
  share: z.number(),
  /** What tells it apart most first: its average, that of all, and by how many standard deviations of all they differ. */
  features: z.array(
    z.object({
      feature: z.enum(VISITOR_FEATURES),
      average: z.number(),
      all: z.number(),
      deviation: z.number(),
    }),
  ),
  /** The latest sessions of its most typical visitors. */
  examples: z.array(z.object({ sessionId: z.string(), startedAt: z.iso.datetime() })),
});
export type VisitorCluster = z.infer<typeof visitorCluster>;

const frequentPath = z.object({
  /** One after the other; the same several times in a row is one. */
  pages: z.array(z.string()).min(2),
  sessions: count,
  /** Per cent of the sessions looked at. */
  share: z.number(),
  /** How many times more often the last page follows the others than it would by chance. */
  lift: z.number(),
  /** Per cent of its sessions that have a conversion. */
  conversionRate: z.number(),
});
export type FrequentPath = z.infer<typeof frequentPath>;

/** A run of the nightly job over one site. */
export const patternRun = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Looked at: all there are, or as many as a run can take, picked by chance. */
  visitors: count,
  sessions: count,
  ms: count,
  /** The largest first. */
  clusters: z.array(visitorCluster),
  /** Visitors who are in none: hardly anybody behaves like them. */
  ungrouped: count,
  /** How well they are told apart, from -1 to 1; null without clusters. */
  silhouette: z.number().nullable(),
  /** Why there are no clusters; null where there are. */
  noClusters: z.string().nullable(),
  /** The most frequent first. */
  paths: z.array(frequentPath),
});
export type PatternRun = z.infer<typeof patternRun>;

export const patternsInput = z.strictObject({ siteId: z.guid().optional() }).optional();
/** Null before the first run. */
export const patternsAnswer = z.object({
  latest: patternRun.extend({ finishedAt: z.iso.datetime() }).nullable(),
});
