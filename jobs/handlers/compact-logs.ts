import { trimEventLog } from '@tallymark/prisma/stores/event-log';
import { compactLedgerDeltas } from '@tallymark/prisma/stores/ledger';
import type { JobHandler } from '../job-handler.ts';
import type { WorkerServices } from '../worker.ts';

/** Folds appended ledger rows together, in as many steps as it takes, and drops what everybody has read of the event log. */
export function compactLogs({ prisma }: Pick<WorkerServices, 'prisma'>): JobHandler<'compactLogs'> {
  return async (_payload, { signal, log }) => {
    let steps = 1;
    while (await compactLedgerDeltas(prisma)) {
      signal.throwIfAborted();
      steps += 1;
    }
    const { removed, leftBehind } = await trimEventLog(prisma);
    if (leftBehind.subscriptions.length > 0) {
      log.warn({ leftBehind }, 'subscriptions are so far behind that the event log went on without them');
    }
    return { steps, trimmed: removed };
  };
}
