import { IngestError } from '@tallymark/contract/errors';
import { eventually } from '@tallymark/testing/eventually';
import { describe, expect, test } from 'vitest';
import { balancedLedger, manyViewed, NOW, openOwnWorld, viewed } from '../test-support/ingestion-world.ts';

const scroll = {
  eventType: 'scrolled',
  source: 'web',
  sessionId: 's',
  occurredAt: NOW.toISOString(),
  props: { path: '/', depth: 0.5 },
} as const;

describe('while Redis is down', () => {
  test('events are stored at once, in shared commits, and each receipt is right', async () => {
    await using world = await openOwnWorld();
    const service = await world.service();
    await service.updateThrottlingConfig('scrolled', { samplingRate: 100, alwaysKeep: false });
    await service.updateThrottlingConfig('license_viewed', { samplingRate: 0, alwaysKeep: false });
    await world.redisServer.crash();
    const events = manyViewed(60);
    const receipts = await Promise.all(events.map((event) => service.ingest(event)));
    expect(receipts.map(({ status }) => status)).toEqual(events.map(() => 'accepted'));
    const ids = receipts.flatMap((receipt) => (receipt.status === 'accepted' ? receipt.id : []));
    expect((await world.prisma.event.findMany()).map(({ id }) => id).sort()).toEqual(ids.sort());
    const commits = await world.prisma.ledgerDelta.count({ where: { origin: 'direct' } });
    expect(commits).toBeLessThan(events.length / 2);

    const [known] = events;
    if (!known) throw new Error('There is a first.');
    const unseen = viewed();
    const mixed = await service.ingestBatch([
      known,
      { ...known, props: {} },
      unseen,
      unseen,
      { ...unseen, props: {} },
      scroll,
      viewed({ eventType: 'license_viewed' as const, props: {} }),
      viewed({ entityId: 'no uuid' }),
    ]);
    expect(mixed).toMatchObject([
      { status: 'duplicate', id: receipts[0]?.status === 'accepted' && receipts[0].id },
      { status: 'rejected', reason: 'conflict' },
      { status: 'accepted' },
      { status: 'duplicate' },
      { status: 'rejected', reason: 'conflict' },
      { status: 'rejected', reason: 'unavailable', retryable: true },
      { status: 'sampled' },
      { status: 'rejected', reason: 'invalid_entity' },
    ]);
    expect(await world.prisma.event.count()).toBe(61);

    await world.redisServer.restart();
    // Redis has not heard of what was stored meanwhile; the primary key has.
    await eventually(async () => {
      await service.ingest(viewed());
      return (await service.getStats()).bufferSize > 0;
    });
    expect((await service.ingest(known)).status).toBe('accepted');
    await service.forceFlush();
    const ledger = await balancedLedger(service);
    expect(ledger).toMatchObject({ duplicate: 2, sampled: 1, rejected: 4, merged: 1, deadLettered: 0 });
    expect(ledger.rejectedByReason).toEqual({ conflict: 2, unavailable: 1, invalid_entity: 1 });
    expect(await world.prisma.event.count()).toBe(ledger.stored);
  });

  test('a stored event is a duplicate there too, though it is too old by now and its type no longer sampled', async () => {
    await using world = await openOwnWorld();
    const service = await world.service();
    const stored = viewed();
    await service.ingest(stored);
    await service.forceFlush();
    await world.redisServer.crash();
    await service.updateThrottlingConfig('asset_viewed', { samplingRate: 0, alwaysKeep: false });
    const receipts = await service.ingestBatch([stored, { ...stored, props: {} }, viewed()]);
    expect(receipts).toMatchObject([
      { status: 'duplicate' },
      { status: 'rejected', reason: 'conflict' },
      { status: 'sampled' },
    ]);
    world.clock.now = new Date(NOW.getTime() + 800 * 86_400_000);
    expect(await service.ingest(stored)).toMatchObject({ status: 'duplicate' });
    await world.redisServer.restart();
    await eventually(async () => (await balancedLedger(service)).duplicate === 2);
  });

  test('a month without a partition is made, and what Postgres refuses is a dead letter', async () => {
    await using world = await openOwnWorld();
    const service = await world.service();
    await world.prisma.$executeRaw`
      ALTER TABLE events ADD CONSTRAINT no_poison CHECK (props_json->>'referrer' IS DISTINCT FROM 'poison')`;
    await world.redisServer.crash();
    const events = [
      viewed({ occurredAt: '2026-01-02T00:00:00Z' }),
      viewed({ props: { referrer: 'poison' } }),
      viewed(),
    ];
    const receipts = await service.ingestBatch(events);
    expect(receipts.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(await world.prisma.event.count()).toBe(2);
    expect(await world.prisma.deadLetter.findMany()).toMatchObject([{ reason: 'refused', sqlState: '23514' }]);
    await world.redisServer.restart();
    await eventually(async () =>
      expect(await balancedLedger(service)).toMatchObject({ accepted: 3, stored: 2, deadLettered: 1 }),
    );
  });
});

test('with both stores down nothing is taken, and the caller is told when to come back', async () => {
  await using world = await openOwnWorld();
  const service = await world.service({ runFlusher: true });
  await service.ingestBatch(manyViewed(5));
  await Promise.all([world.redisServer.crash(), world.postgres.crash()]);
  const event = viewed();
  const refusal = await service.ingest(event).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(IngestError);
  expect(refusal).toMatchObject({ code: 'stores_unavailable', status: 503 });
  expect(refusal instanceof IngestError && refusal.retryAfterSeconds).toBeGreaterThanOrEqual(1);
  await Promise.all([world.redisServer.restart(), world.postgres.restart()]);
  await eventually(async () => (await service.ingest(event)).status !== 'rejected');
  await eventually(async () => expect((await service.forceFlush()).complete).toBe(true));
  // What was acknowledged before survived the kill of Redis in its file.
  expect(await world.prisma.event.count()).toBe(6);
});

test('a frozen Redis leaves outcomes open: each event is one row in the end', async () => {
  await using world = await openOwnWorld();
  const service = await world.service();
  await service.ingest(viewed());
  world.redisServer.freeze();
  const events = manyViewed(20);
  const receipts = await service.ingestBatch(events);
  expect(receipts.map(({ status }) => status)).toEqual(events.map(() => 'accepted'));
  expect(await world.prisma.event.count()).toBe(20);
  world.redisServer.resume();
  // The calls that were given up reach Redis after all.
  await eventually(async () => expect((await service.getStats()).bufferSize).toBe(21));
  expect(await service.forceFlush()).toEqual({ complete: true, remaining: 0 });
  expect(await world.prisma.event.count()).toBe(21);
  expect(await balancedLedger(service)).toMatchObject({ accepted: 41, stored: 21, merged: 20, deadLettered: 0 });
  const again = await eventually(async () => service.ingestBatch(events));
  expect(again).toEqual(receipts.map((receipt) => ({ ...receipt, status: 'duplicate' })));
});
