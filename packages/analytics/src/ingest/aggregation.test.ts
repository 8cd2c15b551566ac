import { describe, expect, test } from 'vitest';
import { balancedLedger, type IngestionWorld, NOW, openWorld } from '../test-support/ingestion-world.ts';

const MINUTE = NOW.getTime() - 60_000;

const scrolled = (
  ms: number,
  more: { sessionId?: string; depth?: number; path?: string; idempotencyKey?: string } = {},
) => {
  const { depth = 0.5, path = '/', ...rest } = more;
  return {
    eventType: 'scrolled' as const,
    source: 'web' as const,
    sessionId: 's',
    occurredAt: new Date(MINUTE + ms).toISOString(),
    idempotencyKey: crypto.randomUUID(),
    props: { path, depth },
    ...rest,
  };
};

async function openAggregating(world: IngestionWorld, options: { enableAggregation?: boolean } = {}) {
  const service = await world.service(options);
  await service.updateThrottlingConfig('scrolled', { samplingRate: 100, alwaysKeep: false });
  return service;
}

async function rowsOf({ prisma }: IngestionWorld) {
  const rows = await prisma.event.findMany({ orderBy: [{ occurredAt: 'asc' }, { count: 'desc' }] });
  return rows.map(({ occurredAt, count }) => `${occurredAt.getTime() - MINUTE} x${count}`);
}

describe('events of an aggregated type', () => {
  test('that are equal but for their moment become one row a minute, others stay apart', async () => {
    await using world = await openWorld();
    const service = await openAggregating(world);
    const visitor = { visitorId: 'v' };
    const again = scrolled(59_999);
    const receipts = [
      ...(await service.ingestBatch([scrolled(20), scrolled(10), again, again], visitor)),
      ...(await service.ingestBatch([scrolled(60_000)], visitor)),
      ...(await service.ingestBatch([scrolled(100, { depth: 0.6 }), scrolled(200, { path: '/a' })], visitor)),
      ...(await service.ingestBatch([scrolled(300, { sessionId: 'other' })], visitor)),
      ...(await service.ingestBatch([scrolled(400)], { visitorId: 'another' })),
      ...(await service.ingestBatch([scrolled(500)], { ...visitor, session: { userId: 'u', role: 'user' } })),
    ];
    expect(receipts.map(({ status }) => status)).toEqual([
      ...['accepted', 'accepted', 'accepted', 'duplicate'],
      ...receipts.slice(4).map(() => 'accepted'),
    ]);
    await service.forceFlush();
    expect(await rowsOf(world)).toEqual(['10 x3', '100 x1', '200 x1', '300 x1', '400 x1', '500 x1', '60000 x1']);
    expect(await balancedLedger(service)).toMatchObject({ accepted: 9, duplicate: 1, aggregated: 9, stored: 0 });
    const [row] = await world.prisma.event.findMany({ where: { count: 3 } });
    expect(row).toMatchObject({ idempotencyKey: null, visitorId: 'v', propsJson: { path: '/', depth: 0.5 } });
  });

  test('over several flushes have several rows, whose counts add up', async () => {
    await using world = await openWorld();
    const service = await openAggregating(world);
    for (const ms of [1, 2, 3]) {
      await service.ingestBatch([scrolled(ms), scrolled(ms + 10)]);
      await service.forceFlush();
    }
    expect(await rowsOf(world)).toEqual(['1 x2', '2 x2', '3 x2']);
    expect(await balancedLedger(service)).toMatchObject({ accepted: 6, aggregated: 6 });
  });

  test('too late to tell a repeat from a first are rejected, unless the key is still known', async () => {
    await using world = await openWorld();
    const service = await openAggregating(world);
    const event = scrolled(0);
    expect(await service.ingest(event)).toMatchObject({ status: 'accepted' });
    world.clock.now = new Date(MINUTE + 3_600_000);
    expect(await service.ingest(scrolled(0))).toMatchObject({ status: 'accepted' });
    world.clock.now = new Date(MINUTE + 3_600_001);
    expect(await service.ingest(event)).toMatchObject({ status: 'duplicate' });
    expect(await service.ingest(scrolled(0))).toMatchObject({ status: 'rejected', reason: 'aggregate_too_late' });
  });

  test('have rows of their own where aggregation is off', async () => {
    await using world = await openWorld();
    const service = await openAggregating(world, { enableAggregation: false });
    await service.ingestBatch([scrolled(1), scrolled(2)]);
    await service.forceFlush();
    expect(await rowsOf(world)).toEqual(['1 x1', '2 x1']);
    expect(await balancedLedger(service)).toMatchObject({ stored: 2, aggregated: 0 });
  });
});
