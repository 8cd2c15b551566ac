import type { JobHandler } from '../job-handler.ts';
import type { WorkerServices } from '../worker.ts';

/** Looks for groups of visitors and frequent paths, site by site. */
export function findPatterns({ patterns }: Pick<WorkerServices, 'patterns'>): JobHandler<'findPatterns'> {
  return async (_payload, run) => ({ ...(await patterns.findAll(run)) });
}
