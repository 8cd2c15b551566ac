import { eventually } from '@tallymark/testing/eventually';
import { describe, expect, test } from 'vitest';
import { balancedLedger, manyViewed, NOW, openWorld, viewed, whileHeld } from '../test-support/ingestion-world.ts';

describe('the buffer and its triggers', () => {
  test('50 calls stay in the buffer, the 100th fills a batch that is flushed', async () => {
    await using world = await openWorld();
    const service = await world.service({ runFlusher: true });
    const [first, second] = [manyViewed(50), manyViewed(50)];
    const receipts = await Promise.all(first.map((event) => service.ingest(event)));
    expect(receipts.map(({ status }) => status)).toEqual(first.map(() => 'accepted'));
    expect(await service.getStats()).toMatchObject({
      bufferSize: 50,
      totalReceived: 50,
      totalFlushed: 0,
      flushCount: 0,
    });
    expect(await world.prisma.event.count()).toBe(0);
    expect(await balancedLedger(service)).toMatchObject({ accepted: 50, buffered: 50, stored: 0 });

    await Promise.all(second.map((event) => service.ingest(event)));
    await eventually(async () => expect(await world.prisma.event.count()).toBe(100));
    const stats = await eventually(async () => {
      const seen = await service.getStats();
      return seen.bufferSize === 0 && !seen.isProcessing && seen;
    });
    expect(stats).toMatchObject({ totalReceived: 100, totalFlushed: 100, totalDiscarded: 0, oldestAgeMs: null });
    expect(stats.lastFlushAt).not.toBeNull();
    expect(stats.config).toMatchObject({ batchSize: 100, batchTimeoutMs: 10_000, maxCatchUpBatch: 1_000 });
    expect(await balancedLedger(service)).toMatchObject({ accepted: 100, buffered: 0, stored: 100 });
    await eventually(() => expect(new Set(world.queued).size).toBe(100));
  });

  test('an event that has waited long enough is flushed, however few there are', async () => {
    await using world = await openWorld();
    const service = await world.service({ runFlusher: true });
    await service.ingest(viewed());
    world.clock.now = new Date(NOW.getTime() + 9_999);
    await service.ingest(viewed());
    expect(await service.getStats()).toMatchObject({ bufferSize: 2, oldestAgeMs: 9_999 });
    expect(await world.prisma.event.count()).toBe(0);
    world.clock.now = new Date(NOW.getTime() + 10_000);
    await eventually(async () => expect(await world.prisma.event.count()).toBe(2));
  });

  test('rejected and sampled events count, though they have no row', async () => {
    await using world = await openWorld();
    const service = await world.service();
    await service.updateThrottlingConfig('search_performed', { samplingRate: 0, alwaysKeep: false });
    const receipts = await service.ingestPublic(
      [
        viewed(),
        { ...viewed(), eventType: 'no_such_type' },
        { ...viewed(), entityId: 'no uuid' },
        { eventType: 'search_performed', source: 'web', sessionId: 's', props: { query: 'q' } },
      ],
      {},
    );
    expect(receipts.map(({ status }) => status)).toEqual(['accepted', 'rejected', 'rejected', 'sampled']);
    const expected = { received: 4, accepted: 1, sampled: 1, rejected: 2, duplicate: 0 };
    const rejectedByReason = { unknown_event_type: 1, invalid_entity: 1 };
    expect(await balancedLedger(service)).toMatchObject({ ...expected, rejectedByReason, buffered: 1, stored: 0 });
    await service.forceFlush();
    expect(await balancedLedger(service)).toMatchObject({ ...expected, rejectedByReason, buffered: 0, stored: 1 });
    expect(await service.getStats()).toMatchObject({ totalReceived: 4, totalDiscarded: 3, totalFlushed: 1 });
  });
});

describe('forceFlush', () => {
  test('empties the buffer, also of a process without a flusher', async () => {
    await using world = await openWorld();
    const service = await world.service();
    expect(await service.forceFlush()).toEqual({ complete: true, remaining: 0 });
    await service.ingestBatch(manyViewed(30));
    expect(await service.forceFlush()).toEqual({ complete: true, remaining: 0 });
    expect(await world.prisma.event.count()).toBe(30);
    expect(await service.flush()).toEqual({ complete: true, remaining: 0 });
  });

  test.each([
    ['another flusher holds the checkpoints', 'SELECT FROM ingest_checkpoints FOR UPDATE'],
    ['events are locked', 'LOCK TABLE events'],
    ['the checkpoints are locked', 'LOCK TABLE ingest_checkpoints'],
  ])('says in time how much is left while %s', async (_what, lock) => {
    await using world = await openWorld();
    const service = await world.service();
    await service.ingestBatch(manyViewed(30));
    await service.getStats();
    await whileHeld(world, lock, async () => {
      const started = performance.now();
      const held = await service.forceFlush(500).catch((error: unknown) => error);
      expect(performance.now() - started).toBeLessThan(2_800);
      // Without the checkpoints nobody can say how much is left.
      if (lock.endsWith('TABLE ingest_checkpoints')) expect(held).toBeInstanceOf(Error);
      else expect(held).toEqual({ complete: false, remaining: 30 });
    });
    expect(await service.forceFlush()).toEqual({ complete: true, remaining: 0 });
    expect(await world.prisma.event.count()).toBe(30);
    expect(await balancedLedger(service)).toMatchObject({ accepted: 30, stored: 30, merged: 0 });
  });
});

test('shutdown flushes what is buffered and takes nothing more', async () => {
  await using world = await openWorld();
  const service = await world.service({ runFlusher: true });
  await service.ingestBatch(manyViewed(10));
  await service.shutdown();
  expect(await world.prisma.event.count()).toBe(10);
  await expect(service.ingest(viewed())).rejects.toMatchObject({ code: 'shutting_down', retryAfterSeconds: 1 });
});
