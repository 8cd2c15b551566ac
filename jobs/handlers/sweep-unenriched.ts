import type { JobHandler } from '../job-handler.ts';
import type { WorkerServices } from '../worker.ts';

/** Queues again what waits for enrichment and is in no job. Where enrichment is switched off, nobody waits for it. */
export function sweepUnenriched({
  enrichment,
  jobs,
  settings,
}: Pick<WorkerServices, 'enrichment' | 'jobs' | 'settings'>): JobHandler<'sweepUnenriched'> {
  return async () =>
    settings.TRACKING_ENABLE_ENRICHMENT ? enrichment.sweep(jobs.enrichEventQueue) : enrichment.discard();
}
