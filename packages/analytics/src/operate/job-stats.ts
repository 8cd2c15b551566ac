import type { EnrichmentBacklogStats, JobStats, QueueStats } from '@tallymark/contract/jobs';
import { type JobQueue, JobsUnavailable } from '@tallymark/redis/job-queue';

export interface JobStatsSources {
  readonly queues: readonly JobQueue[];
  readonly backlog: () => Promise<EnrichmentBacklogStats>;
  readonly now?: () => Date;
}

/** Somebody looks at a page meanwhile. */
const ANSWER_WITHIN_MS = 1_000;

/** All queues, and what waits for enrichment. @throws JobsUnavailable when that is not known within a second. */
export async function readJobStats({ queues, backlog, now = () => new Date() }: JobStatsSources): Promise<JobStats> {
  const read = Promise.all([Promise.all(queues.map((queue) => queueStatsOf(queue, now()))), backlog()]);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new JobsUnavailable('The job queues do not answer.')), ANSWER_WITHIN_MS);
  });
  try {
    const [stats, enrichment] = await Promise.race([read, late]);
    return { queues: stats, enrichment };
  } finally {
    clearTimeout(timer);
  }
}

async function queueStatsOf(queue: JobQueue, now: Date): Promise<QueueStats> {
  const [counts, oldest, next, failure] = await Promise.all([
    queue.getJobCounts(),
    queue.oldestWaitingAt(),
    queue.nextRunAt(),
    queue.lastFailure(),
  ]);
  return {
    name: queue.name,
    waiting: counts.waiting + counts.prioritized,
    active: counts.active,
    delayed: counts.delayed,
    completed: counts.completed,
    failed: counts.failed,
    oldestAgeMs: oldest && Math.max(0, now.getTime() - oldest.getTime()),
    nextRunAt: next === null ? null : next.toISOString(),
    lastFailure: failure && { ...failure, failedAt: failure.failedAt.toISOString() },
  };
}
