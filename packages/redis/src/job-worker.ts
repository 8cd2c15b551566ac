import { setTimeout as sleep } from 'node:timers/promises';
import type { JobDefinition } from '@tallymark/contract/jobs';
import { type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { JobConnection } from './job-connection.ts';
import { nextMillis } from './job-schedule.ts';

/** A payload as its schema reads it. */
export type JobData<Definition extends JobDefinition> = ReturnType<Definition['payload']['parse']>;

/** One go at a job. */
export interface JobRun {
  readonly jobId: string;
  /** From 1. */
  readonly attempt: number;
  /** Aborted when the worker closes: stop at the next safe point by throwing, and the job goes back to its queue. */
  readonly signal: AbortSignal;
}

export interface JobRunFailure {
  readonly jobId: string;
  readonly attempt: number;
  readonly willRetry: boolean;
  readonly error: Error;
}

export interface JobWorkerOptions<Definition extends JobDefinition> {
  readonly definition: Definition;
  readonly connection: JobConnection;
  /** Carries the job out; more than once where a worker dies. Its answer is kept with the job. */
  readonly process: (payload: JobData<Definition>, run: JobRun) => Promise<Record<string, unknown>>;
  /** Jobs at the same time; default 1. */
  readonly concurrency?: number;
  readonly onFailed?: (failure: JobRunFailure) => void;
  /** A job whose worker died was taken up again. */
  readonly onStalled?: (jobId: string) => void;
  readonly onError?: (error: Error) => void;
  /** How long a job stays with a worker that gives no sign; renewed all the time, however long the job takes. Default 30 s. */
  readonly lockMs?: number;
  /** How often jobs of dead workers are looked for; one is found by the second look. Default 15 s. */
  readonly stalledCheckMs?: number;
}

const LOCK_MS = 30_000;
const STALLED_CHECK_MS = 15_000;

/**
 * How many workers may die on one job. BullMQ fails it at the second by default, but a worker also dies of a deploy or of
 * a machine that goes, again and again on the same long job, and our handlers can be repeated. A job that itself kills its
 * worker must end some time, or it would for ever.
 */
const MOST_DEAD_WORKERS = 100;

/** For BullMQ to write down what the last job answered. */
const CLOSING_MS = 1_000;

/** The workers' end of one job's queue. Works from the moment it is made until `close()`. */
export class JobWorker<Definition extends JobDefinition = JobDefinition> {
  private readonly worker: Worker<unknown, Record<string, unknown>>;
  private readonly running = new Set<Promise<unknown>>();
  private closed: Promise<boolean> | null = null;

  constructor(private readonly options: JobWorkerOptions<Definition>) {
    const { definition, connection, onFailed, onStalled, onError } = options;
    // BullMQ only hands out a signal to a function of three parameters.
    this.worker = new Worker(definition.name, (job, token, signal) => this.track(this.run(job, token, signal)), {
      connection: connection.redis,
      prefix: connection.keyPrefix,
      concurrency: options.concurrency ?? 1,
      lockDuration: options.lockMs ?? LOCK_MS,
      stalledInterval: options.stalledCheckMs ?? STALLED_CHECK_MS,
      maxStalledCount: MOST_DEAD_WORKERS,
      settings: { repeatStrategy: nextMillis },
    });
    this.worker.on('error', onError ?? (() => {}));
    this.worker.on('stalled', (jobId) => onStalled?.(jobId));
    this.worker.on('failed', (job, error) => {
      if (job)
        onFailed?.({ ...factsOf(job), attempt: job.attemptsMade, willRetry: job.finishedOn === undefined, error });
    });
  }

  get name(): Definition['name'] {
    return this.options.definition.name;
  }

  get concurrency(): number {
    return this.worker.concurrency;
  }

  /** Resolves once it takes jobs. Waits for Redis as long as it takes. */
  async ready(): Promise<void> {
    await this.worker.waitUntilReady();
  }

  /**
   * Takes no new job and waits for those under way. False when the deadline passed; they then stay with this
   * process as long as it lives, and another takes them up.
   */
  close(deadlineMs: number): Promise<boolean> {
    this.closed ??= this.end(deadlineMs);
    return this.closed;
  }

  private async end(deadlineMs: number): Promise<boolean> {
    const { redis } = this.options.connection;
    this.worker.cancelAllJobs('The worker closes.');
    // BullMQ ends its blocking read by disconnecting, and without a connection would wait for that for ever.
    const ended = redis.status === 'ready' ? this.worker.close() : this.whenIdle();
    const inTime = await within(deadlineMs, ended);
    if (redis.status !== 'ready') void this.worker.close(true);
    // Does nothing after an orderly end.
    await within(CLOSING_MS, this.worker.getBackend().close(true));
    return inTime;
  }

  private async whenIdle(): Promise<void> {
    await this.worker.pause(true);
    await Promise.allSettled(this.running);
  }

  private async run(job: Job<unknown>, token = '', signal: AbortSignal = new AbortController().signal) {
    const { definition, process } = this.options;
    if (job.name !== definition.name) {
      throw new UnrecoverableError(`The queue of ${definition.name} has no job "${job.name}".`);
    }
    const payload = definition.payload.safeParse(job.data);
    if (!payload.success) {
      throw new UnrecoverableError(`The payload is not one of ${definition.name}: ${problemsOf(payload.error)}`);
    }
    try {
      return await process(payload.data as JobData<Definition>, {
        ...factsOf(job),
        attempt: job.attemptsMade + 1,
        signal,
      });
    } catch (error) {
      if (!signal.aborted) throw error;
      // Interrupted by us: the next worker has it at once, and the attempt does not count.
      await job.moveToWait(token);
      throw new WaitingError();
    }
  }

  private track<Result>(work: Promise<Result>): Promise<Result> {
    this.running.add(work);
    const done = () => this.running.delete(work);
    work.then(done, done);
    return work;
  }
}

const problemsOf = ({ issues }: { issues: readonly { path: readonly PropertyKey[]; message: string }[] }) =>
  issues.map(({ path, message }) => `${path.map(String).join('.')} ${message}`.trim()).join('; ');

const factsOf = ({ id = '' }: Job) => ({ jobId: id });

/** Whether `work` ended in time. Nothing waits for the timer. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const late = sleep(ms, false, { ref: false });
  return Promise.race([work.then(() => true), late]);
}
