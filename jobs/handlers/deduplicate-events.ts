import { hoursToCover } from '@tallymark/analytics/dedup/coverage';
import type { JobHandler } from '../job-handler.ts';
import type { WorkerServices } from '../worker.ts';

/** Marks the repeats among the events of the last hours: those it is told, else so many that none are left out. */
export function deduplicateEvents({
  deduplication,
  settings,
  now,
}: Pick<WorkerServices, 'deduplication' | 'settings' | 'now'>): JobHandler<'deduplicateEvents'> {
  return async (payload, { signal }) => {
    const { runs } = await deduplication.getDeduplicationStats();
    const hours = payload.hours ?? hoursToCover(runs, now(), settings.TRACKING_DEDUPLICATION_HOURS);
    // Between two windows it can stop: the next worker begins the range anew, and finds the marks.
    const onWindow = () => signal.throwIfAborted();
    return { hours, ...(await deduplication.runDatabaseDeduplication(hours, { onWindow })) };
  };
}
