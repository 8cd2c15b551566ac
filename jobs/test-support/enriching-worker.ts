import { parseSettings } from '@tallymark/contract/settings';
import { handlers } from '../handlers.ts';
import { studio } from '../studio.ts';
import { openWorkerServices } from '../worker.ts';
import { initializeAllWorkers } from '../workers.ts';

// A worker process that does nothing but enrich, and whose jobs count as lost soon after it was killed.
const settings = parseSettings(process.env);
const services = openWorkerServices(settings, { ...studio, name: 'enriching-worker' });
await initializeAllWorkers({
  settings,
  services,
  jobs: services.jobs,
  schedules: [],
  timing: { lockMs: 600, stalledCheckMs: 200 },
  handlers: { enrichEvent: handlers.enrichEvent },
});
