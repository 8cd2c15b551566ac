import { expect, it } from 'vitest';
import { cloneDatabase } from '../../packages/testing/src/database.ts';
import { createPrisma } from '../client.ts';
import { appendLedgerDelta, compactLedgerDeltas, readLedger } from './ledger.ts';

it('compaction folds the appended rows and leaves every sum as it was, of negative ones too', async () => {
  await using database = await cloneDatabase();
  const prisma = createPrisma({ databaseUrl: database.url, maxConnections: 2, applicationName: 'test' });
  try {
    const delta = { received: 5, accepted: 2, duplicates: 1, sampled: 1, stored: 1, deadLettered: 1 };
    const replay = { received: 0, accepted: 0, duplicates: 0, sampled: 0, rejected: {}, deadLettered: -1 };
    for (const origin of ['direct', 'transaction'] as const) {
      await appendLedgerDelta(prisma, { ...delta, origin, rejected: { invalid_props: 1 } });
      await appendLedgerDelta(prisma, { ...delta, origin, rejected: { conflict: 1 } });
    }
    await appendLedgerDelta(prisma, { ...replay, origin: 'replay', stored: 1 });
    await appendLedgerDelta(prisma, { ...replay, origin: 'replay', stored: 0, merged: 1 });
    const before = await readLedger(prisma);
    expect(before).toMatchObject({ received: 20, accepted: 8, rejected: { invalid_props: 2, conflict: 2 } });
    expect(before).toMatchObject({ stored: 5, merged: 1, deadLettered: 2 });
    expect(await compactLedgerDeltas(prisma)).toBe(false);
    expect(await prisma.ledgerDelta.count()).toBe(3);
    expect(await readLedger(prisma)).toEqual(before);
  } finally {
    await prisma.$disconnect();
  }
});
