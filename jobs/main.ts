import { parseSettings } from '@tallymark/contract/settings';
import { startMaintenance } from './maintenance.ts';
import { openWorkerServices } from './worker.ts';

/** The worker process: flusher and maintenance. SIGTERM and SIGINT end it in order. */
const settings = parseSettings(process.env);
const services = await openWorkerServices(settings, { name: 'tallymark-jobs' });
await services.eventIngestion.start();
const stopMaintenance = startMaintenance(services);
services.log.info('worker ready');

let stopping = false;
async function stop(signal: NodeJS.Signals): Promise<void> {
  if (stopping) return;
  stopping = true;
  services.log.info({ signal }, 'worker stops');
  await Promise.all([stopMaintenance(), services.close()]);
  services.log.info('worker stopped');
  process.exit(0);
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, (received) => void stop(received));
