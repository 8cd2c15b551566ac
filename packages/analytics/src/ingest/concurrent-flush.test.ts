import { listCheckpoints } from '@tallymark/prisma/stores/checkpoints';
import { EventBuffer } from '@tallymark/redis/event-buffer';
import { describe, expect, test } from 'vitest';
import { balancedLedger, type IngestionWorld, manyViewed, NOW, openWorld } from '../test-support/ingestion-world.ts';
import { CheckpointMoved, readBatch, storeBatch } from './flush-shard.ts';

const ROUNDS = 12;
const PER_ROUND = 40;

/** What lies in the buffer, as a flusher reads it. */
async function readAll({ prisma, redis }: IngestionWorld) {
  const buffer = new EventBuffer(redis);
  const checkpoints = await listCheckpoints(prisma);
  const batches = await Promise.all(checkpoints.map((from) => readBatch(buffer, from, 1_000)));
  return batches.flatMap((batch) => batch ?? []);
}

describe('two instances on one buffer', () => {
  test('see the same buffer and the same stats', async () => {
    await using world = await openWorld();
    const [one, two] = await Promise.all([world.service(), world.service()]);
    await one.ingestBatch(manyViewed(10));
    await two.ingestBatch(manyViewed(5));
    expect(await one.getStats()).toEqual(await two.getStats());
    expect(await one.getStats()).toMatchObject({ bufferSize: 15, totalReceived: 15 });
    expect(await two.forceFlush()).toEqual({ complete: true, remaining: 0 });
    expect(await one.getStats()).toMatchObject({ bufferSize: 0, totalFlushed: 15 });
  });

  test('three flushers drain while events come in: nothing twice, nothing missing', async () => {
    await using world = await openWorld();
    const services = await Promise.all([world.service(), world.service(), world.service()]);
    const ids = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const [receipts] = await Promise.all([
        services[0].ingestBatch(manyViewed(PER_ROUND)),
        ...services.map((service) => service.forceFlush()),
        ...services.map((service) => service.getStats().then(({ ledger }) => expect(ledger.balanced).toBe(true))),
      ]);
      for (const receipt of receipts) if (receipt.status === 'accepted') ids.add(receipt.id);
    }
    const results = await Promise.all(services.map((service) => service.forceFlush()));
    expect(results).toEqual(services.map(() => ({ complete: true, remaining: 0 })));
    expect(ids.size).toBe(ROUNDS * PER_ROUND);
    const rows = await world.prisma.event.findMany({ select: { id: true } });
    expect(new Set(rows.map(({ id }) => id))).toEqual(ids);
    const accepted = ROUNDS * PER_ROUND;
    expect(await balancedLedger(services[0])).toMatchObject({ accepted, stored: accepted, merged: 0, buffered: 0 });
  });

  test('flushers of two processes share the size trigger', async () => {
    await using world = await openWorld();
    const options = { runFlusher: true, batchSize: 20 };
    const services = await Promise.all([world.service(options), world.service(options)]);
    await Promise.all(services.flatMap((service) => [service.ingestBatch(manyViewed(100))]));
    await services[0].forceFlush();
    expect(await world.prisma.event.count()).toBe(200);
    expect(await balancedLedger(services[1])).toMatchObject({ accepted: 200, stored: 200, merged: 0 });
  });
});

describe('a flusher that is not alone', () => {
  test('with a stale checkpoint stores nothing', async () => {
    await using world = await openWorld();
    const service = await world.service();
    await service.ingestBatch(manyViewed(20));
    const stale = await readAll(world);
    await service.forceFlush();
    await service.ingestBatch(manyViewed(20));
    for (const batch of stale) await expect(storeBatch(world.prisma, batch, NOW)).rejects.toThrow(CheckpointMoved);
    expect(await world.prisma.event.count()).toBe(20);
    expect(await balancedLedger(service)).toMatchObject({ accepted: 40, stored: 20, buffered: 20, merged: 0 });
  });

  test('of two with the same batch only one stores it', async () => {
    await using world = await openWorld();
    const service = await world.service({ shards: 1 });
    await service.ingestBatch(manyViewed(20));
    const [batch] = await readAll(world);
    if (!batch) throw new Error('There is a batch.');
    const outcomes = await Promise.allSettled([batch, batch, batch].map((b) => storeBatch(world.prisma, b, NOW)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(CheckpointMoved);
    }
    expect(await balancedLedger(service)).toMatchObject({ accepted: 20, stored: 20, merged: 0 });
  });

  test('killed between commit and trim: the next one neither stores nor counts it again', async () => {
    await using world = await openWorld();
    const service = await world.service();
    await service.ingestBatch(manyViewed(20));
    for (const batch of await readAll(world)) await storeBatch(world.prisma, batch, NOW);
    // Stored, but still in the stream.
    expect(await service.getStats()).toMatchObject({ bufferSize: 0, totalFlushed: 20 });
    const next = await world.service();
    await next.ingestBatch(manyViewed(5));
    expect(await next.getStats()).toMatchObject({ bufferSize: 5 });
    expect(await next.forceFlush()).toEqual({ complete: true, remaining: 0 });
    expect(await world.prisma.event.count()).toBe(25);
    expect(await balancedLedger(next)).toMatchObject({ received: 25, accepted: 25, stored: 25, merged: 0 });
    for (const { bufferBytes } of (await next.getStats()).shards) expect(bufferBytes).toBe(0);
  });
});
