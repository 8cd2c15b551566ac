import { startWorker } from './start-worker.ts';
import { studio } from './studio.ts';

await startWorker(studio);
