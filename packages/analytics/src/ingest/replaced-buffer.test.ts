import { listCheckpoints } from '@tallymark/prisma/stores/checkpoints';
import { EventBuffer } from '@tallymark/redis/event-buffer';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { balancedLedger, type IngestionWorld, manyViewed, openWorld, viewed } from '../test-support/ingestion-world.ts';

const STREAM = '{0}:events';
const ONE_SHARD = { shards: 1 };

/** Redis as after a start on an empty disk. */
async function emptyRedis({ redis, redisPrefix }: IngestionWorld) {
  const keys = await redis.keys(`${redisPrefix}:*`);
  await redis.unlink(...keys.map((key) => key.slice(redisPrefix.length + 1)));
}

describe('a Redis that lost or changed its past', () => {
  test('emptied after a drain, and everything sent again: no second row', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const events = manyViewed(50);
    const first = await service.ingestBatch(events);
    await service.forceFlush();
    await emptyRedis(world);
    expect(await service.ingestBatch(events)).toEqual(first);
    expect(await service.getStats()).toMatchObject({ bufferSize: 50 });
    expect(await service.forceFlush()).toEqual({ complete: true, remaining: 0 });
    expect(await world.prisma.event.count()).toBe(50);
    expect(await balancedLedger(service)).toMatchObject({ accepted: 100, stored: 50, merged: 50, buffered: 0 });
  });

  test('emptied with events in it: they are gone, and what comes after is read from its first entry', async () => {
    await using world = await openWorld();
    const service = await world.service(ONE_SHARD);
    await service.ingestBatch(manyViewed(5));
    await service.forceFlush();
    await service.ingestBatch(manyViewed(7));
    await emptyRedis(world);
    await service.ingestBatch(manyViewed(3));
    expect(await service.getStats()).toMatchObject({ bufferSize: 3 });
    expect(await service.forceFlush()).toEqual({ complete: true, remaining: 0 });
    expect(await world.prisma.event.count()).toBe(8);
    expect(await balancedLedger(service)).toMatchObject({ received: 8, accepted: 8, stored: 8, buffered: 0 });
  });

  test('restored to a time before the last flush: what comes back is merged', async () => {
    await using world = await openWorld();
    const service = await world.service(ONE_SHARD);
    const early = manyViewed(4);
    await service.ingestBatch(early);
    const copy = await world.redis.dumpBuffer(STREAM);
    await service.ingestBatch(manyViewed(6));
    await service.forceFlush();
    await emptyRedis(world);
    await world.redis.restore(STREAM, 0, copy);
    expect(await service.getStats()).toMatchObject({ bufferSize: 4 });
    // Its entries are older than the checkpoint, and they wait all the same.
    expect(await service.forceFlush()).toEqual({ complete: true, remaining: 0 });
    expect(await service.getStats()).toMatchObject({ bufferSize: 0 });
    expect(await world.prisma.event.count()).toBe(10);
    expect(await balancedLedger(service)).toMatchObject({ accepted: 14, stored: 10, merged: 4, buffered: 0 });
  });

  test("another's entry under the checkpoint's id is not taken for the anchor", async () => {
    await using world = await openWorld();
    const service = await world.service(ONE_SHARD);
    await service.ingestBatch(manyViewed(5));
    await service.forceFlush();
    const [checkpoint] = await listCheckpoints(world.prisma);
    if (!checkpoint) throw new Error('There is a checkpoint.');
    const buffer = new EventBuffer(world.redis);
    const [, fields = []] = (await world.redis.xrange(STREAM, '-', '+'))[0] ?? [];
    await emptyRedis(world);
    const other = fields.map((value, at) => (fields[at - 1] === 'n' ? 'another nonce' : value));
    await world.redis.xadd(STREAM, checkpoint.entryId, ...other);
    expect(await buffer.trim(0, checkpoint)).toBe(false);
    expect(await world.redis.exists('{0}:anchor')).toBe(0);
    expect(await buffer.read(0, checkpoint, { maxEvents: 10, maxBytes: 1e6 })).toMatchObject({ replaced: true });
    await service.ingest(viewed());
    expect(await service.forceFlush()).toEqual({ complete: true, remaining: 0 });
    expect(await world.prisma.event.count()).toBe(6);
    expect(await balancedLedger(service)).toMatchObject({ accepted: 11, stored: 6, merged: 5 });
  });
});

describe('shards', () => {
  test('that the configuration no longer names are drained', async () => {
    await using world = await openWorld();
    const before = await world.service({ shards: 8 });
    await before.ingestBatch(manyViewed(40));
    expect((await before.getStats()).shards.filter(({ bufferSize }) => bufferSize > 0).length).toBeGreaterThan(4);
    const after = await world.service({ shards: 2 });
    await after.ingestBatch(manyViewed(10));
    expect(await after.forceFlush()).toEqual({ complete: true, remaining: 0 });
    expect(await world.prisma.event.count()).toBe(50);
    expect(await balancedLedger(after)).toMatchObject({ accepted: 50, stored: 50, buffered: 0 });
  });

  test('keep the order of a session', async () => {
    await using world = await openWorld();
    const service = await world.service({ shards: 8 });
    for (let n = 0; n < 20; n += 1) await service.ingest(viewed({ props: { view_duration_ms: n } }));
    const filled = (await service.getStats()).shards.filter(({ bufferSize }) => bufferSize > 0);
    expect(filled).toMatchObject([{ bufferSize: 20 }]);
  });

  test('one with an entry of a newer version stops, and the others go on', async () => {
    await using world = await openWorld();
    const lines: string[] = [];
    const log = pino({ level: 'error' }, { write: (line: string) => lines.push(line) });
    const service = await world.service({ shards: 2, runFlusher: true, batchTimeoutMs: 0, log });
    const sessionOf = await sessionsByShard(world, service);
    const [, fields = []] = (await world.redis.xrevrange(STREAM, '+', '-', 'COUNT', 1))[0] ?? [];
    const newer = fields.map((value, at) => (fields[at - 1] === 'v' ? '99' : fields[at - 1] === 'n' ? 'newer' : value));
    await world.redis.xadd(STREAM, '*', ...newer);
    const stored = await world.prisma.event.count();
    const events = [0, 1].flatMap((shard) => Array.from({ length: 5 }, () => viewed({ sessionId: sessionOf[shard] })));
    const receipts = await service.ingestBatch(events);
    expect(receipts.map(({ status }) => status)).toEqual(events.map(() => 'accepted'));
    expect(await service.forceFlush(500)).toMatchObject({ complete: false });
    expect(await world.prisma.event.count()).toBe(stored + 5);
    expect(await world.prisma.deadLetter.count()).toBe(0);
    expect(lines.filter((line) => line.includes('shard stopped'))).toHaveLength(1);
    const upgraded = (await world.redis.xrange(STREAM, '-', '+')).find(([, entry]) => entry.includes('newer'));
    await world.redis.xdel(STREAM, upgraded?.[0] ?? '');
    expect(await service.forceFlush()).toMatchObject({ complete: true });
    expect(await world.prisma.event.count()).toBe(stored + 10);
  });
});

/** A session of each of two shards; each has one event stored. */
async function sessionsByShard(world: IngestionWorld, service: Awaited<ReturnType<IngestionWorld['service']>>) {
  const found: string[] = [];
  for (let n = 0; found.filter(Boolean).length < 2; n += 1) {
    const before = (await world.redis.xrevrange(STREAM, '+', '-', 'COUNT', 1))[0]?.[0];
    await service.ingest(viewed({ sessionId: `s${n}` }));
    const after = (await world.redis.xrevrange(STREAM, '+', '-', 'COUNT', 1))[0]?.[0];
    found[before === after ? 1 : 0] = `s${n}`;
  }
  await service.forceFlush();
  return found;
}
