import { IngestError } from '@tallymark/contract/errors';
import { eventually } from '@tallymark/testing/eventually';
import { describe, expect, test } from 'vitest';
import { balancedLedger, NOW, openOwnWorld, openWorld, viewed } from '../test-support/ingestion-world.ts';

const message = (length: number) => ({
  eventType: 'message_logged' as const,
  source: 'server' as const,
  idempotencyKey: crypto.randomUUID(),
  occurredAt: NOW.toISOString(),
  props: { message: 'm'.repeat(length) },
});

describe('over its cap', () => {
  test('the buffer refuses whole requests, writes nothing of them, and takes more once it is drained', async () => {
    await using world = await openWorld();
    const service = await world.service({ shards: 1, maxBufferBytes: 20_000 });
    let accepted = 0;
    const fill = async () => {
      for (; accepted < 100; accepted += 1) await service.ingest(message(1_000));
    };
    const refusal = await fill().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(IngestError);
    expect(refusal).toMatchObject({ code: 'buffer_full', status: 429, retryAfterSeconds: 10 });
    expect(accepted).toBeGreaterThan(5);

    const before = await service.getStats();
    expect(before.bufferBytes).toBeLessThanOrEqual(20_000);
    const event = message(1_000);
    await expect(service.ingestBatch([event, viewed()])).rejects.toMatchObject({ code: 'buffer_full' });
    expect(await service.getStats()).toEqual(before);
    expect(await world.prisma.event.count()).toBe(0);

    expect(await service.forceFlush()).toEqual({ complete: true, remaining: 0 });
    expect(await service.ingest(event)).toMatchObject({ status: 'accepted' });
    await service.forceFlush();
    expect(await balancedLedger(service)).toMatchObject({ received: accepted + 1, stored: accepted + 1 });
    expect((await service.getStats()).bufferBytes).toBe(0);
  });

  test('one full shard answers for its own events only', async () => {
    await using world = await openWorld();
    const service = await world.service({ shards: 2, maxBufferBytes: 8_000 });
    const fill = async () => {
      for (let n = 0; n < 100; n += 1) await service.ingest(viewed({ sessionId: 's0' }));
    };
    await expect(fill()).rejects.toMatchObject({ code: 'buffer_full' });
    const sessions = Array.from({ length: 8 }, (_, n) => viewed({ sessionId: `s${n}` }));
    const receipts = await service.ingestBatch(sessions);
    const refused = { status: 'rejected', reason: 'unavailable', retryable: true };
    expect(receipts[0]).toMatchObject(refused);
    expect(receipts.filter(({ status }) => status === 'accepted').length).toBeGreaterThan(0);
    for (const receipt of receipts) if (receipt.status !== 'accepted') expect(receipt).toMatchObject(refused);
    await service.forceFlush();
    const again = await service.ingestBatch(sessions);
    const expected = receipts.map(({ status }) => (status === 'accepted' ? 'duplicate' : 'accepted'));
    expect(again.map(({ status }) => status)).toEqual(expected);
    expect(await balancedLedger(service)).toMatchObject({
      rejectedByReason: { unavailable: expected.filter((s) => s === 'accepted').length },
      duplicate: expected.filter((s) => s === 'duplicate').length,
    });
  });

  test('while Postgres is away too, what could not be counted is no final answer', async () => {
    await using world = await openOwnWorld();
    const service = await world.service({ shards: 2, maxBufferBytes: 8_000 });
    const fill = async () => {
      for (let n = 0; n < 100; n += 1) await service.ingest(viewed({ sessionId: 's0' }));
    };
    await expect(fill()).rejects.toMatchObject({ code: 'buffer_full' });
    await world.postgres.crash();
    const invalid = viewed({ entityId: 'no uuid' });
    const sessions = Array.from({ length: 8 }, (_, n) => viewed({ sessionId: `s${n}` }));
    // The counts of what is invalid travel with the first event's shard, which is full.
    const receipts = await service.ingestBatch([...sessions, invalid]);
    expect(receipts.map(({ status }) => status)).toContain('accepted');
    expect(receipts.at(-1)).toMatchObject({ status: 'rejected', reason: 'unavailable', retryable: true });

    await world.postgres.restart();
    await eventually(() => service.forceFlush().then(({ complete }) => complete));
    expect(await service.ingestBatch([invalid])).toMatchObject([{ reason: 'invalid_entity' }]);
    await service.forceFlush();
    expect(await balancedLedger(service)).toMatchObject({ rejected: 1, rejectedByReason: { invalid_entity: 1 } });
  });

  test('the wait that is asked for is at least a second and at most half a minute', async () => {
    await using world = await openWorld();
    for (const [batchTimeoutMs, retryAfterSeconds] of [
      [10, 1],
      [600_000, 30],
    ]) {
      const service = await world.service({ maxBufferBytes: 0, batchTimeoutMs });
      await expect(service.ingest(viewed())).rejects.toMatchObject({ code: 'buffer_full', retryAfterSeconds });
    }
  });
});

test('a Redis without memory: events go to Postgres, and the buffer drains all the same', async () => {
  await using world = await openOwnWorld();
  const service = await world.service();
  await Promise.all(Array.from({ length: 200 }, () => service.ingest(message(8_000))));
  const used = Number(/^used_memory:(\d+)/m.exec(await world.redis.info('memory'))?.[1]);
  // Below what the buffer alone takes: buffers of connections come and go.
  await world.redis.config('SET', 'maxmemory', used - 500_000);
  await expect(world.redis.set('anything', 'x'.repeat(1_000))).rejects.toThrow('OOM');

  const direct = viewed();
  expect(await service.ingest(direct)).toMatchObject({ status: 'accepted' });
  expect(await world.prisma.event.count()).toBe(1);
  expect(await service.ingest(direct)).toMatchObject({ status: 'duplicate' });

  expect(await service.forceFlush()).toEqual({ complete: true, remaining: 0 });
  expect(await world.prisma.event.count()).toBe(201);
  for (const { shard } of (await service.getStats()).shards) {
    expect(await world.redis.xlen(`{${shard}}:events`)).toBeLessThanOrEqual(1);
  }
  await eventually(async () => {
    await service.ingest(viewed());
    return (await service.getStats()).bufferSize > 0;
  });
  await service.forceFlush();
  expect(await balancedLedger(service)).toMatchObject({ merged: 0, deadLettered: 0, duplicate: 1 });
});
