import { z } from 'zod';

/**
 * A job as both its producer and its worker know it. Handlers live in `jobs/handlers`. Payloads carry ids, never what
 * they stand for; a new field is optional, because jobs of the old version are in flight during a deploy.
 */
export interface JobDefinition<Payload extends z.ZodType = z.ZodType> {
  /** Name of the job and of its queue. */
  readonly name: string;
  readonly payload: Payload;
  readonly attempts: number;
  readonly backoff: { readonly type: 'exponential'; readonly delayMs: number };
  /** Completed and failed jobs kept for inspection. */
  readonly keep: { readonly completed: number; readonly failed: number };
}

export type JobPayload<Definition extends JobDefinition> = z.input<Definition['payload']>;

const nothing = z.object({});

/** A scheduled job that failed is made good by its next turn: one retry, for what passes by itself. */
const onSchedule = {
  attempts: 2,
  backoff: { type: 'exponential', delayMs: 5_000 },
  keep: { completed: 100, failed: 1_000 },
} as const;

/** Enriches stored events: one id, or the ids of a flushed batch. Any that Postgres takes: hosts write rows of their own. */
export const enrichEventJob = {
  name: 'enrichEvent',
  payload: z.object({ eventId: z.guid().optional(), eventIds: z.array(z.guid()).optional() }),
  attempts: 5,
  backoff: { type: 'exponential', delayMs: 1_000 },
  keep: { completed: 1_000, failed: 10_000 },
} as const satisfies JobDefinition;

/** Queues what was stored more than a minute ago, is not enriched, and can be in no job that is left. */
export const sweepUnenrichedJob = { name: 'sweepUnenriched', payload: nothing, ...onSchedule } as const;

/** Marks events of the last hours that repeat another. */
export const deduplicateEventsJob = {
  name: 'deduplicateEvents',
  payload: z.object({ hours: z.number().positive().max(8_760).optional() }),
  ...onSchedule,
} as const;

/** Compares the share of repeats with the threshold, site by site. */
export const monitorDeduplicationJob = { name: 'monitorDeduplication', payload: nothing, ...onSchedule } as const;

/** Removes events that are older than the retention rules allow. */
export const applyRetentionJob = { name: 'applyRetention', payload: nothing, ...onSchedule } as const;

/** Makes the partitions of the coming months. */
export const keepPartitionsJob = { name: 'keepPartitions', payload: nothing, ...onSchedule } as const;

/** Folds appended ledger rows together, drops what every reader of the event log has read, and audit entries of a year ago. */
export const compactLogsJob = { name: 'compactLogs', payload: nothing, ...onSchedule } as const;

/** Flushes what a dead flusher left in the buffer, and tells of shards that do not drain. */
export const backupFlushJob = { name: 'backupFlush', payload: nothing, ...onSchedule } as const;

/** Evaluates the rules of alerts, and tells what became of them. */
export const evaluateAlertsJob = { name: 'evaluateAlerts', payload: nothing, ...onSchedule } as const;

/** Looks for groups of visitors and frequent paths in sites that have no such look of today. */
export const findPatternsJob = { name: 'findPatterns', payload: nothing, ...onSchedule } as const;

/** Every job there is. */
export const JOBS = [
  enrichEventJob,
  sweepUnenrichedJob,
  deduplicateEventsJob,
  monitorDeduplicationJob,
  applyRetentionJob,
  keepPartitionsJob,
  compactLogsJob,
  backupFlushJob,
  evaluateAlertsJob,
  findPatternsJob,
] as const satisfies readonly JobDefinition[];

export type JobName = (typeof JOBS)[number]['name'];

const count = z.int().min(0);

/** One queue, as admins see it. */
export const queueStats = z.object({
  name: z.string(),
  waiting: count,
  active: count,
  delayed: count,
  /** Kept ones only; see `keep` of the job. */
  completed: count,
  failed: count,
  /** Age of the job that waits longest; null when none does. */
  oldestAgeMs: z.int().min(0).nullable(),
  /** Job scheduler's next turn, null for a job without one. */
  nextRunAt: z.iso.datetime().nullable(),
  /** The latest of the jobs that ran out of attempts. */
  lastFailure: z.object({ jobId: z.string(), reason: z.string(), failedAt: z.iso.datetime() }).nullable(),
});
export type QueueStats = z.infer<typeof queueStats>;

/** What waits for enrichment, from Postgres. */
export const enrichmentBacklogStats = z.object({
  /** Stored, not enriched yet, parked ones left out. */
  waiting: count,
  oldestAgeMs: z.int().min(0).nullable(),
  /** Out of attempts; `retryFailedEnrichment` tries them again. */
  parked: count,
  reasons: z.array(z.object({ reason: z.string(), events: count })),
});
export type EnrichmentBacklogStats = z.infer<typeof enrichmentBacklogStats>;

export const jobStats = z.object({ queues: z.array(queueStats), enrichment: enrichmentBacklogStats });
export type JobStats = z.infer<typeof jobStats>;
