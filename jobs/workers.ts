import { withRequestContext } from '@tallymark/analytics/ingest/ambient-context';
import type { JobQueues } from '@tallymark/analytics/operate/job-queues';
import { JOBS, type JobDefinition, type JobName } from '@tallymark/contract/jobs';
import type { Settings } from '@tallymark/contract/settings';
import { connectJobWorkers, disconnectJobs, type JobConnection } from '@tallymark/redis/job-connection';
import { type JobRun, type JobRunFailure, JobWorker } from '@tallymark/redis/job-worker';
import type { Logger } from 'pino';
import type { HandlerRun, HandlerTable } from './job-handler.ts';
import { keepSchedules } from './keep-schedules.ts';
import { type ScheduledJob, schedulesOf } from './schedules.ts';
import type { WorkerServices } from './worker.ts';

export interface WorkersOptions {
  readonly settings: Settings;
  readonly services: WorkerServices;
  readonly jobs: JobQueues;
  readonly handlers: HandlerTable;
  /** Default: those of the settings. */
  readonly schedules?: readonly ScheduledJob[];
  /** See `JobWorkerOptions`. */
  readonly timing?: { readonly lockMs: number; readonly stalledCheckMs: number };
}

export interface Workers {
  /** Null where enrichment has no handler. */
  readonly enrichEventWorker: JobWorker | null;
  /** By job. */
  readonly workers: ReadonlyMap<JobName, JobWorker>;
  /**
   * No schedule is looked after any more, no job begun; those under way may finish until the deadline, default half of
   * TRACKING_SHUTDOWN_DEADLINE_MS, since a last flush comes after it. Then the workers' connections end. False when jobs
   * were left; others take them up. The queues stay open: whoever made them closes them, after what adds jobs.
   */
  shutdownGracefully(deadlineMs?: number): Promise<boolean>;
}

const REDIS_PATIENCE_MS = 1_000;

type AnyHandler = (payload: unknown, run: HandlerRun) => Promise<Record<string, unknown>>;
type LoadAny = (services: WorkerServices) => Promise<AnyHandler>;

/**
 * Starts a worker for each job that has a handler, and the schedules. Redis need not be there yet.
 * @throws Error that names the setting of a schedule that is none.
 */
export async function initializeAllWorkers(options: WorkersOptions): Promise<Workers> {
  const { settings, services, jobs, handlers, schedules = schedulesOf(settings) } = options;
  const { log } = services;
  const loaded = await Promise.all(JOBS.map(async (definition) => ({ definition, handler: await load(definition) })));
  const connection = connectJobWorkers({
    url: settings.REDIS_URL,
    prefix: settings.REDIS_PREFIX,
    name: `${services.name}-workers`,
    onError: (error) => log.warn({ err: error }, 'redis connection of the workers'),
  });
  const workers = new Map<JobName, JobWorker>();
  for (const { definition, handler } of loaded) {
    if (handler) workers.set(definition.name, startWorker({ ...options, definition, handler, connection }));
  }
  // Or the schedules would be made only at the second try.
  await jobs.ready(REDIS_PATIENCE_MS);
  const stopSchedules = await keepSchedules({ jobs, schedules, isWorkedOn: (job) => workers.has(job), log });

  return {
    enrichEventWorker: workers.get('enrichEvent') ?? null,
    workers,
    async shutdownGracefully(deadlineMs = settings.TRACKING_SHUTDOWN_DEADLINE_MS / 2) {
      await stopSchedules();
      const ended = await Promise.all([...workers.values()].map((worker) => worker.close(deadlineMs)));
      disconnectJobs(connection);
      const inTime = ended.every(Boolean);
      if (!inTime) log.warn({ deadlineMs }, 'shutdown deadline passed with jobs under way; other workers take them up');
      return inTime;
    },
  };

  // That a job's payload is its handler's, the table's type has seen to.
  async function load({ name }: (typeof JOBS)[number]): Promise<AnyHandler | undefined> {
    return (handlers[name] as LoadAny | undefined)?.(services);
  }
}

interface OneWorker extends Pick<WorkersOptions, 'settings' | 'services' | 'timing'> {
  readonly definition: JobDefinition;
  readonly handler: AnyHandler;
  readonly connection: JobConnection;
}

function startWorker({ definition, handler, connection, settings, services, timing }: OneWorker): JobWorker {
  const log = services.log.child({ job: definition.name });
  return new JobWorker({
    definition,
    connection,
    process: (payload, run) => runLogged(log, run, () => handler(payload, { log, signal: run.signal })),
    concurrency: definition.name === 'enrichEvent' ? settings.TRACKING_ENRICHMENT_CONCURRENCY : 1,
    onFailed: (failure) => logFailure(log, failure),
    onStalled: (jobId) => log.warn({ correlationId: jobId }, 'job lost its worker and is taken up again'),
    // While the connection is away it says so itself, once for all workers.
    onError: (error) => connection.redis.status === 'ready' && log.error({ err: error }, 'worker'),
    ...timing,
  });
}

/** Everything that is logged meanwhile carries the job's id as its correlation id. */
function runLogged(log: Logger, { jobId, attempt }: JobRun, work: () => Promise<Record<string, unknown>>) {
  return withRequestContext({ correlationId: jobId }, async () => {
    const started = performance.now();
    log.info({ attempt }, 'job started');
    const counts = await work();
    log.info({ attempt, counts, ms: Math.round(performance.now() - started) }, 'job done');
    return counts;
  });
}

function logFailure(log: Logger, { jobId, attempt, willRetry, error }: JobRunFailure): void {
  const facts = { correlationId: jobId, attempt, willRetry, err: error };
  if (willRetry) log.warn(facts, 'job failed and is tried again');
  else log.error(facts, 'job failed for good');
}
