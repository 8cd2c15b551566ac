import type { HandlerRun } from '../job-handler.ts';
import type { WorkerServices } from '../worker.ts';

/** Evaluates all rules and sends what is due, unless another process is at it. */
export function evaluateAlerts({ alerts }: Pick<WorkerServices, 'alerts'>) {
  return async (_payload: unknown, { log, signal }: HandlerRun): Promise<Record<string, unknown>> => ({
    ...((await alerts.evaluateAll({ log, signal })) ?? { elsewhere: true }),
  });
}
