import { RetentionError } from '@tallymark/analytics/retain/errors';
import type { JobHandler } from '../job-handler.ts';
import type { WorkerServices } from '../worker.ts';

/** Removes what is older than the retention rules allow. */
export function applyRetention({ retention }: Pick<WorkerServices, 'retention'>): JobHandler<'applyRetention'> {
  return async (_payload, { signal }) => {
    try {
      const { removed, months, complete } = await retention.cleanupNow({ signal });
      return { removed, months, complete };
    } catch (error) {
      // Somebody does it by hand, or restores an archive: the next night is soon enough.
      if (error instanceof RetentionError && error.code === 'already_running') return { skipped: error.message };
      throw error;
    }
  };
}
