import { isDeepStrictEqual } from 'node:util';
import type { JobDefinition, JobPayload } from '@tallymark/contract/jobs';
import { NamedError } from '@tallymark/contract/named-error';
import { type DefaultJobOptions, type JobSchedulerJson, type JobType, Queue } from 'bullmq';
import type { JobConnection } from './job-connection.ts';
import { type JobSchedule, nextMillis, repeatOptionsOf } from './job-schedule.ts';

export interface JobFailure {
  readonly jobId: string;
  readonly reason: string;
  readonly failedAt: Date;
}

export type JobCounts = Readonly<
  Record<'waiting' | 'active' | 'delayed' | 'prioritized' | 'completed' | 'failed', number>
>;

/** Redis is away or refuses. Whether the job was taken is unknown. */
export class JobsUnavailable extends NamedError {
  static override readonly errorName = 'JobsUnavailable';
}

/** There is no failed job of that id. */
export class NoFailedJob extends NamedError {
  static override readonly errorName = 'NoFailedJob';
}

const WAITING = ['waiting', 'prioritized'] as const satisfies readonly JobType[];
const UNFINISHED = [...WAITING, 'active', 'delayed'] as const satisfies readonly JobType[];
/** Nobody reads the event stream of a queue but whoever debugs it. */
const EVENTS_KEPT = 1_000;

/**
 * The producers' end of one job's queue; nothing here loads what carries the job out. Every method throws
 * `JobsUnavailable` within two seconds when Redis is away.
 */
export class JobQueue<Definition extends JobDefinition = JobDefinition> {
  private readonly queue: Queue<unknown>;

  constructor(
    readonly definition: Definition,
    { redis, keyPrefix }: JobConnection,
  ) {
    this.queue = new Queue(definition.name, {
      connection: redis,
      prefix: keyPrefix,
      defaultJobOptions: jobOptionsOf(definition),
      settings: { repeatStrategy: nextMillis },
      streams: { events: { maxLen: EVENTS_KEPT } },
      // Either would make the first command wait until Redis has been seen once.
      skipWaitingForReady: true,
      skipVersionCheck: true,
    });
    // The connection has a listener of its own.
    this.queue.on('error', () => {});
  }

  get name(): Definition['name'] {
    return this.definition.name;
  }

  /** @throws ZodError for a payload that is not the job's. */
  async add(name: Definition['name'], payload: JobPayload<Definition>): Promise<{ id: string }> {
    const data = this.definition.payload.parse(payload);
    const { id = '' } = await this.ask(() => this.queue.add(name, data));
    return { id };
  }

  /** Takes all of them or none. @throws ZodError for a payload that is not the job's. */
  async addBulk(name: Definition['name'], payloads: readonly JobPayload<Definition>[]): Promise<{ id: string }[]> {
    const jobs = payloads.map((payload) => ({ name, data: this.definition.payload.parse(payload) }));
    const added = await this.ask(() => this.queue.addBulk(jobs));
    return added.map(({ id = '' }) => ({ id }));
  }

  /** Completed and failed ones as far as they are kept. */
  async getJobCounts(): Promise<JobCounts> {
    const counts = await this.ask(() => this.queue.getJobCounts(...UNFINISHED, 'completed', 'failed'));
    const { waiting = 0, active = 0, delayed = 0, prioritized = 0, completed = 0, failed = 0 } = counts;
    return { waiting, active, delayed, prioritized, completed, failed };
  }

  /**
   * Makes the job run by itself. Any number of processes may ask for it; it runs once a turn. A schedule that stands
   * already is left alone: BullMQ would put the next turn in the place of one that is due and not begun.
   */
  async upsertSchedule(schedule: JobSchedule): Promise<void> {
    const repeat = repeatOptionsOf(schedule);
    const options = jobOptionsOf(this.definition);
    const known = await this.ask(() => this.queue.getJobScheduler(this.name));
    if (known && isSame(known, repeat, options) && (await this.isUnfinished(this.turnId(known.next)))) return;
    await this.ask(() =>
      this.queue.upsertJobScheduler(this.name, repeat, { name: this.name, data: {}, opts: options }),
    );
  }

  /** Ends the schedule, with a turn that is due and not begun; one under way is carried out. False when there was none. */
  async removeSchedule(): Promise<boolean> {
    const due = await this.nextRunAt();
    const removed = await this.ask(() => this.queue.removeJobScheduler(this.name));
    // BullMQ only takes a turn with it that is not due yet.
    const job = due && (await this.ask(() => this.queue.getJob(this.turnId(due.getTime()))));
    if (job && (await this.ask(() => job.isWaiting()))) await this.ask(() => job.remove());
    return removed;
  }

  /** When the schedule has its next turn; null without a schedule. In the past while that turn waits for a worker. */
  async nextRunAt(): Promise<Date | null> {
    const known = await this.ask(() => this.queue.getJobScheduler(this.name));
    return typeof known?.next === 'number' ? new Date(known.next) : null;
  }

  /** Since when the job waits that is next: when it was added, or when its turn was. Null when none waits. */
  async oldestWaitingAt(): Promise<Date | null> {
    const heads = await this.ask(() => this.queue.getJobs([...WAITING], 0, 0, true));
    return heads.reduce<Date | null>((oldest, { id = '', timestamp }) => {
      const since = turnOf(id) ?? new Date(timestamp);
      return oldest && oldest < since ? oldest : since;
    }, null);
  }

  /**
   * When the oldest job was added that is not finished, whatever state it is in; null when there is none. Reads the ids
   * of all of them, because retries are not in the order they were added in.
   */
  async oldestUnfinishedAt(): Promise<Date | null> {
    const ids = await this.ask(() => this.queue.getRanges([...UNFINISHED], 0, -1));
    // Ids count up. Those of a schedule do not; there are one or two at a time.
    const counted = ids.filter((id) => /^\d+$/.test(id)).sort((a, b) => Number(a) - Number(b));
    const scheduled = ids.filter((id) => !/^\d+$/.test(id));
    const times = await Promise.all(scheduled.map((id) => this.addedAt(id)));
    for (const id of counted) {
      const time = await this.addedAt(id);
      // Finished meanwhile, and not kept: the next one is the oldest.
      if (time === null) continue;
      times.push(time);
      break;
    }
    const known = times.filter((time) => time !== null);
    return known.length === 0 ? null : new Date(Math.min(...known));
  }

  /** The latest job that ran out of attempts, as long as it is kept. */
  async lastFailure(): Promise<JobFailure | null> {
    const [job] = await this.ask(() => this.queue.getFailed(0, 0));
    if (!job) return null;
    const { id = '', failedReason = '', finishedOn, timestamp } = job;
    return { jobId: id, reason: failedReason, failedAt: new Date(finishedOn ?? timestamp) };
  }

  /** Gives a failed job all its attempts again. @throws NoFailedJob when it is not there, or not failed any more. */
  async retry(jobId: string): Promise<void> {
    const job = await this.ask(() => this.queue.getJob(jobId));
    if (!job || !(await this.ask(() => job.isFailed()))) {
      throw new NoFailedJob(`Job ${jobId} of ${this.name} is not among the failed ones.`);
    }
    await this.ask(() => job.retry('failed', { resetAttemptsMade: true }));
  }

  /** Leaves the connection to whoever opened it. */
  async close(): Promise<void> {
    await this.queue.close();
  }

  private turnId(millis: number | undefined): string {
    return `repeat:${this.name}:${millis}`;
  }

  private async isUnfinished(jobId: string): Promise<boolean> {
    const state = await this.ask(() => this.queue.getJobState(jobId));
    return UNFINISHED.some((unfinished) => unfinished === state);
  }

  /** Null for a job that is gone, and for one whose data somebody else has broken. */
  private async addedAt(jobId: string): Promise<number | null> {
    const job = await this.ask(async () => {
      try {
        return await this.queue.getJob(jobId);
      } catch (error) {
        if (error instanceof SyntaxError) return null;
        throw error;
      }
    });
    return job ? job.timestamp : null;
  }

  private async ask<Answer>(command: () => Promise<Answer>): Promise<Answer> {
    try {
      return await command();
    } catch (error) {
      // BullMQ's own refusals have a number: Redis answered.
      if (error instanceof Error && 'code' in error && typeof error.code === 'number') throw error;
      throw new JobsUnavailable(`The queue of ${this.name} cannot be reached.`, { cause: error });
    }
  }
}

/** The turn a job of a schedule was made for. It is added long before, when the turn before it begins. */
function turnOf(jobId: string): Date | null {
  const [, millis] = /^repeat:.*:(\d+)$/.exec(jobId) ?? [];
  return millis === undefined ? null : new Date(Number(millis));
}

function jobOptionsOf({ attempts, backoff, keep }: JobDefinition): DefaultJobOptions {
  return {
    attempts,
    backoff: { type: backoff.type, delay: backoff.delayMs },
    removeOnComplete: { count: keep.completed },
    removeOnFail: { count: keep.failed },
  };
}

function isSame(known: JobSchedulerJson, repeat: ReturnType<typeof repeatOptionsOf>, options: DefaultJobOptions) {
  const { every, pattern, tz, template } = known;
  const { attempts, backoff, removeOnComplete, removeOnFail } = template?.opts ?? {};
  return (
    isDeepStrictEqual({ every, pattern, tz }, { every: repeat.every, pattern: repeat.pattern, tz: repeat.tz }) &&
    isDeepStrictEqual({ attempts, backoff, removeOnComplete, removeOnFail }, options)
  );
}
