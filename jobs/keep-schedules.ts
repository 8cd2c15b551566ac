import { setTimeout as sleep } from 'node:timers/promises';
import type { JobQueues } from '@tallymark/analytics/operate/job-queues';
import type { JobName } from '@tallymark/contract/jobs';
import type { JobQueue } from '@tallymark/redis/job-queue';
import type { Logger } from 'pino';
import type { ScheduledJob } from './schedules.ts';

export interface KeepSchedulesOptions {
  readonly jobs: Pick<JobQueues, 'queues'>;
  readonly schedules: readonly ScheduledJob[];
  /** Whether this process works on the job. One that nobody works on would only pile up. */
  readonly isWorkedOn: (job: JobName) => boolean;
  readonly log: Logger;
  /** Default a minute. */
  readonly lookEveryMs?: number;
}

const LOOK_EVERY_MS = 60_000;
const RETRY_MS = 5_000;

/**
 * Makes the schedules in Redis those of the table, now and once a minute: Redis may be away when the process starts, and
 * may lose everything later. Returns what ends it, once it has tried for the first time.
 */
export async function keepSchedules(options: KeepSchedulesOptions): Promise<() => Promise<void>> {
  const { jobs, schedules, isWorkedOn, log, lookEveryMs = LOOK_EVERY_MS } = options;
  const stopped = new AbortController();
  const due = new Set(schedules.filter(({ job, atStart }) => atStart && isWorkedOn(job)).map(({ job }) => job));

  const keep = async ({ job, schedule }: ScheduledJob) => {
    const queue: JobQueue = jobs.queues[job];
    if (!schedule) await queue.removeSchedule();
    else if (isWorkedOn(job)) await queue.upsertSchedule(schedule);
    if (due.has(job)) await queue.add(job, {});
    due.delete(job);
  };
  const look = async () => {
    const kept = await Promise.allSettled(schedules.map(keep));
    const [failed] = kept.filter(({ status }) => status === 'rejected');
    if (failed?.status !== 'rejected') return lookEveryMs;
    const retryInMs = Math.min(RETRY_MS, lookEveryMs);
    log.warn({ err: failed.reason, retryInMs }, 'the schedules of jobs cannot be made');
    return retryInMs;
  };
  const lookAgain = async (firstPauseMs: number) => {
    for (let pauseMs = firstPauseMs; await pause(pauseMs, stopped.signal); ) pauseMs = await look();
  };

  const ended = lookAgain(await look());
  return async () => {
    stopped.abort();
    await ended;
  };
}

/** False when it was cut short. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  await sleep(ms, undefined, { signal }).catch(() => {});
  return !signal.aborted;
}
