import type { TrackingPlan } from '@tallymark/contract/plan';
import { parseSettings } from '@tallymark/contract/settings';
import { handlers } from './handlers.ts';
import { schedulesOf } from './schedules.ts';
import { openWorkerServices, type WorkerServicesOptions } from './worker.ts';
import { initializeAllWorkers } from './workers.ts';

/** For the connections, once workers and ingestion service have kept their own deadlines. */
const CLOSING_MS = 2_000;

export type WorkerOptions<Plan extends TrackingPlan> = Pick<WorkerServicesOptions<Plan>, 'plan' | 'snapshotReaders'>;

/**
 * The worker process: flusher, jobs and their schedules, webhooks, projections. SIGTERM and SIGINT end it in order.
 * Resolves once it works. Any number of them share the work.
 *
 * @throws Error that names every setting that is missing or wrong.
 */
export async function startWorker<Plan extends TrackingPlan>(options: WorkerOptions<Plan>): Promise<void> {
  const settings = parseSettings(process.env);
  const schedules = schedulesOf(settings);
  const services = openWorkerServices(settings, { ...options, name: 'tallymark-jobs' });
  await services.eventIngestion.start();
  const workers = await initializeAllWorkers({ settings, services, jobs: services.jobs, handlers, schedules });
  services.subscriptions.start();
  services.projections.start();
  services.circuits.start();
  services.log.info('worker ready');

  let stopping = false;
  async function stop(signal: NodeJS.Signals): Promise<void> {
    if (stopping) return;
    stopping = true;
    services.log.info({ signal }, 'worker stops');
    // Whatever hangs, a supervisor must not have to kill us. The buffer keeps what is not flushed, Redis the jobs.
    const deadline = setTimeout(() => {
      services.log.error({ deadlineMs: settings.TRACKING_SHUTDOWN_DEADLINE_MS }, 'shutdown took too long');
      process.exit(1);
    }, settings.TRACKING_SHUTDOWN_DEADLINE_MS + CLOSING_MS);
    await Promise.all([
      workers.shutdownGracefully(),
      services.subscriptions.stop(settings.TRACKING_SHUTDOWN_DEADLINE_MS / 2),
      services.projections.stop(),
    ]);
    await services.close();
    clearTimeout(deadline);
    services.log.info('worker stopped');
    process.exit(0);
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, (received) => void stop(received));
}
