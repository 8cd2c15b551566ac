import type { JobHandler } from '../job-handler.ts';
import type { WorkerServices } from '../worker.ts';

/** Enriches the events of a flushed batch. Those that are enriched already are passed over. */
export function enrichEvent({ enrichment }: Pick<WorkerServices, 'enrichment'>): JobHandler<'enrichEvent'> {
  return async ({ eventId, eventIds = [] }) => {
    const ids = eventId === undefined ? eventIds : [eventId, ...eventIds];
    const { failed, ...counts } = await enrichment.enrichEvents(ids);
    const [first] = failed;
    // The others are done; a retry passes them over.
    if (first) throw new Error(`${failed.length} of ${ids.length} events could not be enriched: ${first.reason}`);
    return counts;
  };
}
