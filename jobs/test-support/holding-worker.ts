import { parseSettings } from '@tallymark/contract/settings';
import { studio } from '../studio.ts';
import { openWorkerServices } from '../worker.ts';
import { initializeAllWorkers } from '../workers.ts';

// A worker process that takes one enrichment job and holds it for ever, so that a test can kill it there.
const settings = parseSettings(process.env);
const services = openWorkerServices(settings, { ...studio, name: 'holding-worker' });
await initializeAllWorkers({
  settings,
  services,
  jobs: services.jobs,
  schedules: [],
  timing: { lockMs: 600, stalledCheckMs: 200 },
  handlers: {
    enrichEvent: async () => async () => {
      console.log('holding the job');
      return new Promise(() => {});
    },
  },
});
