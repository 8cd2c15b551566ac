import { parseSettings } from '@tallymark/contract/settings';
import { startMaintenance } from './maintenance.ts';
import { openWorkerServices } from './worker.ts';

/** For the connections, once the ingestion service has kept its own deadline. */
const CLOSING_MS = 2_000;

/** The worker process: flusher and maintenance. SIGTERM and SIGINT end it in order. */
const settings = parseSettings(process.env);
const services = openWorkerServices(settings, { name: 'tallymark-jobs' });
await services.eventIngestion.start();
const stopMaintenance = startMaintenance(services);
services.log.info('worker ready');

let stopping = false;
async function stop(signal: NodeJS.Signals): Promise<void> {
  if (stopping) return;
  stopping = true;
  services.log.info({ signal }, 'worker stops');
  // Whatever hangs, a supervisor must not have to kill us. The buffer keeps what is not flushed.
  const deadline = setTimeout(() => {
    services.log.error({ deadlineMs: settings.TRACKING_SHUTDOWN_DEADLINE_MS }, 'shutdown took too long');
    process.exit(1);
  }, settings.TRACKING_SHUTDOWN_DEADLINE_MS + CLOSING_MS);
  await Promise.all([stopMaintenance(), services.close()]);
  clearTimeout(deadline);
  services.log.info('worker stopped');
  process.exit(0);
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, (received) => void stop(received));
