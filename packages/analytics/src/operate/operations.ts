import type { JobName, JobStats } from '@tallymark/contract/jobs';
import type { DatabaseDeduplicationStats } from '../dedup/run-stats.ts';
import type { EventEnrichmentService } from '../enrich/service.ts';
import type { JobQueues } from './job-queues.ts';
import { readJobStats } from './job-stats.ts';

/** What admins can see and do of jobs. Another router's services stand beside these in `ctx.operations`. */
export interface Operations {
  /** @throws JobsUnavailable when it is not known within a second. */
  jobStats(): Promise<JobStats>;
  /** Gives events that could not be enriched new attempts; answers how many. */
  retryFailedEnrichment(): Promise<{ events: number }>;
  /** @throws NoFailedJob when the job is not among the failed ones. */
  retryFailedJob(queue: JobName, jobId: string): Promise<void>;
  /** Searches the last `hours` for duplicates as soon as a worker is free. */
  runImmediateDeduplication(hours: number): Promise<{ jobId: string }>;
  getDeduplicationStats(): Promise<DatabaseDeduplicationStats>;
}

export interface OperationsDeps {
  readonly jobs: JobQueues;
  readonly enrichment: Pick<EventEnrichmentService, 'getBacklogStats' | 'retryFailed'>;
}

export function createOperations({ jobs, enrichment }: OperationsDeps): Operations {
  const queues = Object.values(jobs.queues);
  return {
    jobStats: () => readJobStats({ queues, backlog: () => enrichment.getBacklogStats() }),
    retryFailedEnrichment: () => enrichment.retryFailed(jobs.enrichEventQueue),
    retryFailedJob: (queue, jobId) => jobs.queues[queue].retry(jobId),
    runImmediateDeduplication: (hours) => jobs.runImmediateDeduplication(hours),
    getDeduplicationStats: () => jobs.getDeduplicationStats(),
  };
}
