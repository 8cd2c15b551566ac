import type { JobHandler } from '../job-handler.ts';
import type { WorkerServices } from '../worker.ts';

/** Flushes what a dead flusher left, and names shards that do not drain. */
export function backupFlush({ eventIngestion }: Pick<WorkerServices, 'eventIngestion'>): JobHandler<'backupFlush'> {
  return async () => {
    const { flushed, shards, stuck } = await eventIngestion.backupFlush();
    return { flushed, shards, stuck: stuck.length };
  };
}
