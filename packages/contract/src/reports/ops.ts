import { z } from 'zod';

const count = z.number().min(0);
const instant = z.iso.datetime();

export const opsOverview = z.object({
  /** Rows of events that were counted so far, also of those that retention has removed since. */
  counted: count,
  /** Enriched and not counted yet, as far as the log was looked through: see `ops.projections`. */
  uncounted: count,
  /** Stored and not enriched yet; 100,000 for more than that. */
  awaitingEnrichment: count,
  /** Rows of events written in the last 60 seconds; null where the log has too many rows to look through. */
  storedLastMinute: count.nullable(),
  /** Rows of events that happened since the quarter of an hour began that an hour ago, or a day ago, lies in. */
  happenedLastHour: count,
  happenedLastDay: count,
  databaseBytes: count,
  at: instant,
});
export type OpsOverview = z.infer<typeof opsOverview>;

const size = z.object({
  /** Estimated by Postgres; null for a table that it has not looked at yet. */
  rows: count.nullable(),
  /** With indexes and TOAST. */
  bytes: count,
  indexBytes: count,
});

export const opsStorage = z.object({
  databaseBytes: count,
  /** By table and month, the oldest first. */
  partitions: z.array(
    size.extend({
      table: z.enum(['events', 'attribution', 'event_facts']),
      name: z.string(),
      /** First moment of the UTC month. */
      from: instant,
    }),
  ),
  /** The largest first. */
  tables: z.array(
    size.extend({
      name: z.string(),
      /** The projection whose read model it is; null for what is behind them: event log, facts before corrections. */
      projection: z.string().nullable(),
    }),
  ),
});
export type OpsStorage = z.infer<typeof opsStorage>;

const rebuild = z.object({
  phase: z.enum(['facts', 'fold', 'compare']),
  /** Of the phase: events, or folds of facts. */
  processed: count,
  total: count.nullable(),
  startedAt: instant,
});

export const opsProjections = z.object({
  /** The one that writes facts reads the event log, which all others wait for. */
  facts: z.object({
    /** Rows of the log that it has not dealt with; 100,000 for more than that. */
    rowsBehind: count,
    /** Events named by those rows. */
    eventsBehind: count,
    /** When the oldest of them was written. */
    oldestAt: instant.nullable(),
    secondsBehind: count,
  }),
  projections: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['running', 'retrying', 'failed', 'rebuilding']),
      /** Number of the last fold of facts that it holds. */
      change: count,
      /** Folds of facts that it does not hold yet. */
      changesBehind: count,
      /** Age of the oldest change that it does not hold; 0 where it holds all. Of a correction, since it last folded. */
      secondsBehind: count,
      /** Of `facts`, facts that were added, changed or removed so far; of all others, folds of facts. */
      folded: count,
      /** The same by the second since somebody asked before; null for the first to ask within ten minutes. */
      perSecond: count.nullable(),
      foldedAt: instant.nullable(),
      attempts: z.int(),
      lastError: z.string().nullable(),
      failedAt: instant.nullable(),
      rebuild: rebuild.nullable(),
    }),
  ),
  at: instant,
});
export type OpsProjections = z.infer<typeof opsProjections>;

/** In milliseconds, of the last 1,000 times that it was asked. */
const questionTimes = z.object({
  question: z.string(),
  count,
  p50: count,
  p95: count,
  p99: count,
  max: count,
});

export const opsQueryTimes = z.object({
  /** False while Redis, which has the times of all processes, is away. */
  available: z.boolean(),
  /** The slowest by p95 first. */
  questions: z.array(questionTimes),
});
export type OpsQueryTimes = z.infer<typeof opsQueryTimes>;
