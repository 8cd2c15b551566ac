import { eventually } from '@tallymark/testing/eventually';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import {
  balancedLedger,
  type IngestionWorld,
  manyViewed,
  openOwnWorld,
  openWorld,
  viewed,
  whileHeld,
} from '../test-support/ingestion-world.ts';

type Service = Awaited<ReturnType<IngestionWorld['service']>>;

/** Everything that was accepted is a row, and nothing was given up on. */
async function expectHealed(world: IngestionWorld, service: Service, accepted: number) {
  await eventually(async () => expect(await world.prisma.event.count()).toBe(accepted), { timeoutMs: 20_000 });
  await eventually(async () => expect((await service.getStats()).bufferSize).toBe(0));
  expect(await world.prisma.deadLetter.count()).toBe(0);
  expect(await balancedLedger(service)).toMatchObject({ accepted, stored: accepted, merged: 0, deadLettered: 0 });
}

describe('an outage of Postgres dead-letters nothing', () => {
  test('months without a partition are made', async () => {
    await using world = await openWorld();
    const service = await world.service({ runFlusher: true, batchSize: 1 });
    const months = ['1970-01', '2015-05', '2015-06', '2026-08', '2026-10'];
    const history = months.map((month) => viewed({ occurredAt: `${month}-17T10:05:03.000Z` }));
    const receipts = await service.ingestBatch(history, { retentionExempt: true });
    expect(receipts.map(({ status }) => status)).toEqual(months.map(() => 'accepted'));
    await expectHealed(world, service, months.length);
    const rows = await world.prisma.event.findMany({ orderBy: { id: 'asc' } });
    expect(rows.map(({ occurredAt }) => occurredAt.toISOString())).toEqual(history.map(({ occurredAt }) => occurredAt));
  });

  test('events locked for longer than a flush waits', async () => {
    await using world = await openWorld();
    const failures: string[] = [];
    const log = pino({ level: 'error' }, { write: (line: string) => failures.push(line) });
    const service = await world.service({ runFlusher: true, batchSize: 1, shards: 1, log });
    await whileHeld(world, 'LOCK TABLE events', async () => {
      await service.ingestBatch(manyViewed(20));
      await eventually(() => expect(failures).not.toEqual([]));
      expect(failures[0]).toContain('lock timeout');
      expect(await service.getStats()).toMatchObject({ bufferSize: 20 });
    });
    await expectHealed(world, service, 20);
  });

  test('backends terminated again and again', async () => {
    await using world = await openWorld();
    const service = await world.service({ runFlusher: true, batchSize: 1 });
    let [accepted, killed] = [0, 0];
    while (killed < 5 && accepted < 10_000) {
      const [receipts, ended] = await Promise.all([service.ingestBatch(manyViewed(25)), terminateFlushes(world)]);
      accepted += receipts.filter(({ status }) => status === 'accepted').length;
      killed += ended;
    }
    expect(killed).toBeGreaterThanOrEqual(5);
    await expectHealed(world, service, accepted);
  });

  test('Postgres stopped and started again', async () => {
    await using world = await openOwnWorld();
    const service = await world.service({ runFlusher: true, batchSize: 1 });
    await service.ingestBatch(manyViewed(20));
    await world.postgres.crash();
    const receipts = await service.ingestBatch(manyViewed(30));
    expect(receipts.filter(({ status }) => status === 'accepted')).toHaveLength(30);
    const left = await service.forceFlush(300).catch((error: unknown) => error);
    expect(left instanceof Error || left).not.toMatchObject({ complete: true });
    await world.postgres.restart();
    await expectHealed(world, service, 50);
  });
});

async function terminateFlushes({ prisma }: IngestionWorld): Promise<number> {
  const rows = await prisma.$queryRaw<{ killed: boolean }[]>`
    SELECT pg_terminate_backend(pid) AS killed FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'tallymark-flush' AND state <> 'idle'`;
  return rows.filter(({ killed }) => killed).length;
}
