import type { JOBS, JobName } from '@tallymark/contract/jobs';
import type { JobData } from '@tallymark/redis/job-worker';
import type { Logger } from 'pino';
import type { WorkerServices } from './worker.ts';

/** What a handler is told beside the payload. */
export interface HandlerRun {
  /** Its lines carry the job's id as their correlation id. */
  readonly log: Logger;
  /**
   * Aborted when the process stops. A job that may take longer than a shutdown calls `throwIfAborted()` where it can stop:
   * the next worker has it at once, and the attempt does not count.
   */
  readonly signal: AbortSignal;
}

type Definition<Name extends JobName> = Extract<(typeof JOBS)[number], { readonly name: Name }>;

/**
 * Carries a job out, and answers counts for the log. It may run more than once for one job, even at the same time where a
 * worker was only believed dead, so a second run must change nothing.
 */
export type JobHandler<Name extends JobName> = (
  payload: JobData<Definition<Name>>,
  run: HandlerRun,
) => Promise<Record<string, unknown>>;

/** Loaded when workers start, in the process that works. A job without a handler has no worker and no schedule there. */
export type HandlerTable = {
  readonly [Name in JobName]?: (services: WorkerServices) => Promise<JobHandler<Name>>;
};
