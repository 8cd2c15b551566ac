import {
  applyRetentionJob,
  backupFlushJob,
  compactLogsJob,
  deduplicateEventsJob,
  enrichEventJob,
  evaluateAlertsJob,
  findPatternsJob,
  type JobName,
  keepPartitionsJob,
  monitorDeduplicationJob,
  sweepUnenrichedJob,
} from '@tallymark/contract/jobs';
import type { Settings } from '@tallymark/contract/settings';
import { redisReady } from '@tallymark/redis/connect';
import { connectJobProducer, disconnectJobs } from '@tallymark/redis/job-connection';
import { JobQueue } from '@tallymark/redis/job-queue';
import type { JobSchedule } from '@tallymark/redis/job-schedule';
import type { Logger } from 'pino';
import type { EventDeduplicationService } from '../dedup/service.ts';

export interface JobQueuesOptions {
  readonly settings: Pick<
    Settings,
    'REDIS_URL' | 'REDIS_PREFIX' | 'TRACKING_DEDUPLICATION_CRON' | 'TRACKING_TIME_ZONE'
  >;
  readonly deduplication: Pick<EventDeduplicationService, 'getDeduplicationStats'>;
  readonly log: Logger;
  /** Of the process, for `CLIENT LIST`. */
  readonly name: string;
}

export type JobQueues = ReturnType<typeof createJobQueues>;

/**
 * The producers' end of every job, on one connection: for any process, whether it works on jobs or not. While Redis is
 * away whatever is asked of it fails with `JobsUnavailable` within two seconds, and nothing waits for it.
 */
export function createJobQueues({ settings, deduplication, log, name }: JobQueuesOptions) {
  const connection = connectJobProducer({
    url: settings.REDIS_URL,
    prefix: settings.REDIS_PREFIX,
    name: `${name}-jobs`,
    onError: (error) => log.warn({ err: error }, 'redis connection of the job queues'),
  });
  const queues = {
    enrichEvent: new JobQueue(enrichEventJob, connection),
    sweepUnenriched: new JobQueue(sweepUnenrichedJob, connection),
    deduplicateEvents: new JobQueue(deduplicateEventsJob, connection),
    monitorDeduplication: new JobQueue(monitorDeduplicationJob, connection),
    applyRetention: new JobQueue(applyRetentionJob, connection),
    keepPartitions: new JobQueue(keepPartitionsJob, connection),
    compactLogs: new JobQueue(compactLogsJob, connection),
    backupFlush: new JobQueue(backupFlushJob, connection),
    evaluateAlerts: new JobQueue(evaluateAlertsJob, connection),
    findPatterns: new JobQueue(findPatternsJob, connection),
  } as const satisfies Record<JobName, unknown>;
  let closed: Promise<void> | null = null;
  const close = async () => {
    await Promise.all(Object.values(queues).map((queue) => queue.close()));
    disconnectJobs(connection);
  };

  return {
    /** Each job's queue, by the name of the job. */
    queues,
    enrichEventQueue: queues.enrichEvent,

    /** Whether Redis can be asked, now or within the time: right after the start the connection is still on its way. */
    ready: (timeoutMs: number): Promise<boolean> => redisReady(connection.redis, timeoutMs),

    /** Makes the search for duplicates run every night: once, however many processes ask for it. */
    scheduleNightlyDeduplication: (): Promise<void> =>
      queues.deduplicateEvents.upsertSchedule(nightlyDeduplication(settings)),

    /** Searches the last `hours` for duplicates as soon as a worker is free. @throws ZodError for hours that are none. */
    async runImmediateDeduplication(hours: number): Promise<{ jobId: string }> {
      const { id } = await queues.deduplicateEvents.add('deduplicateEvents', { hours });
      return { jobId: id };
    },

    /** What the searches of all instances did. */
    getDeduplicationStats: () => deduplication.getDeduplicationStats(),

    /** Ends the connection. Close what adds jobs first. */
    close(): Promise<void> {
      closed ??= close();
      return closed;
    },
  };
}

/** When the database is searched for duplicates. */
export function nightlyDeduplication(
  settings: Pick<Settings, 'TRACKING_DEDUPLICATION_CRON' | 'TRACKING_TIME_ZONE'>,
): JobSchedule {
  return { pattern: settings.TRACKING_DEDUPLICATION_CRON, timeZone: settings.TRACKING_TIME_ZONE };
}
