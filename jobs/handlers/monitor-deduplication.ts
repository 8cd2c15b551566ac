import type { JobHandler } from '../job-handler.ts';
import type { WorkerServices } from '../worker.ts';

/** Raises an alert, in the log, for each site with too many repeats, and says what causes them. */
export function monitorDeduplication({
  deduplication,
}: Pick<WorkerServices, 'deduplication'>): JobHandler<'monitorDeduplication'> {
  return async (_payload, { log }) => {
    const { sites, threshold, rate } = await deduplication.monitorDeduplicationRates();
    const unhealthy = sites.filter(({ healthy }) => !healthy);
    for (const site of unhealthy) {
      log.warn({ ...site, threshold }, 'a site sends more repeats than the threshold allows');
    }
    return { sites: sites.length, unhealthy: unhealthy.length, rate };
  };
}
