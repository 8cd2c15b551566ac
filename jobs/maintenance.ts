import { PartitionKeeper } from '@tallymark/analytics/ingest/partition-keeper';
import type { PrismaClient } from '@tallymark/prisma/client';
import { compactLedgerDeltas } from '@tallymark/prisma/stores/ledger';
import type { Logger } from 'pino';

const EVERY_MS = 60 * 60_000;

/** Each hour: partitions for the coming months, and appended ledger rows folded into one. Returns what ends it. */
export function startMaintenance({ prisma, log }: { prisma: PrismaClient; log: Logger }): () => Promise<void> {
  const partitions = new PartitionKeeper(prisma);
  const run = async () => {
    try {
      await partitions.keepAhead(new Date());
      while (await compactLedgerDeltas(prisma));
      log.info('maintenance done');
    } catch (error) {
      log.error({ err: error }, 'maintenance failed; it runs again within the hour');
    }
  };
  let running = run();
  const timer = setInterval(() => {
    running = running.then(run);
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
