import { auditBegins } from '@tallymark/analytics/operate/audit-begins';
import { compareAllFacts } from '@tallymark/analytics/project/compare-all-facts';
import { removeAuditEntriesBefore } from '@tallymark/prisma/stores/audit-log';
import { trimEventLog } from '@tallymark/prisma/stores/event-log';
import { readFactCheckpoint } from '@tallymark/prisma/stores/fact-checkpoint';
import { compactLedgerDeltas } from '@tallymark/prisma/stores/ledger';
import type { JobHandler } from '../job-handler.ts';
import type { WorkerServices } from '../worker.ts';

/**
 * Folds appended ledger rows together, in as many steps as it takes, drops what everybody has read of the event log, and
 * what the audit log tells no more.
 */
export function compactLogs({ prisma, now }: Pick<WorkerServices, 'prisma' | 'now'>): JobHandler<'compactLogs'> {
  return async (_payload, { signal, log }) => {
    let steps = 1;
    while (await compactLedgerDeltas(prisma)) {
      signal.throwIfAborted();
      steps += 1;
    }
    const auditRemoved = await removeAuditEntriesBefore(prisma, auditBegins(now()));
    const facts = await readFactCheckpoint(prisma);
    const readers = facts === null ? [] : [facts.checkpoint.position.done];
    const { removed, leftBehind } = await trimEventLog(prisma, { readers });
    if (leftBehind.subscriptions.length > 0) {
      log.warn({ leftBehind }, 'subscriptions are so far behind that the event log went on without them');
    }
    // What the log no longer tells, the events themselves do.
    if (leftBehind.readers.length > 0) {
      await compareAllFacts(prisma, log, 'the event log went on without the projections');
    }
    return { steps, trimmed: removed, auditRemoved };
  };
}
