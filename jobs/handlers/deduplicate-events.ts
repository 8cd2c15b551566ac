import type { JobHandler } from '../job-handler.ts';
import type { WorkerServices } from '../worker.ts';

/** Marks the repeats among the events of the last hours. */
export function deduplicateEvents({
  deduplication,
  settings,
}: Pick<WorkerServices, 'deduplication' | 'settings'>): JobHandler<'deduplicateEvents'> {
  return async ({ hours = settings.TRACKING_DEDUPLICATION_HOURS }, { signal }) => ({
    // Between two windows it can stop: the next worker begins the range anew, and finds the marks.
    ...(await deduplication.runDatabaseDeduplication(hours, { onWindow: () => signal.throwIfAborted() })),
  });
}
