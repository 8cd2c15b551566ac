import type { IngestStats } from '@tallymark/contract/stats';
import { eventually } from '@tallymark/testing/eventually';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import {
  balancedLedger,
  type IngestionWorld,
  manyViewed,
  NOW,
  openWorld,
  viewed,
  whileHeld,
} from '../test-support/ingestion-world.ts';

const STREAM = '{0}:events';
/** `batchTimeoutMs` of the defaults and the grace on top of it. */
const OVERDUE_MS = 15_000;
const STUCK_MS = 60_000;
const NOTHING = { flushed: 0, shards: 0, stuck: [] };

const later = ({ clock }: IngestionWorld, ms: number) => {
  clock.now = new Date(NOW.getTime() + ms);
};

const stuckOf = ({ stuckShards }: IngestStats) => stuckShards;

describe('the backup flush', () => {
  test('leaves alone what a flusher may be about to take, and drains what none took', async () => {
    await using world = await openWorld();
    const service = await world.service();
    await service.ingestBatch(manyViewed(30));
    later(world, OVERDUE_MS);
    expect(await service.backupFlush()).toEqual(NOTHING);
    expect(await world.prisma.event.count()).toBe(0);
    later(world, OVERDUE_MS + 1);
    expect(await service.backupFlush()).toEqual({ flushed: 30, shards: 2, stuck: [] });
    expect(await service.backupFlush()).toEqual(NOTHING);
    expect(await world.prisma.event.count()).toBe(30);
    expect(await balancedLedger(service)).toMatchObject({ accepted: 30, stored: 30, merged: 0, buffered: 0 });
  });

  test('takes only the shard that is overdue, in as many batches as it needs', async () => {
    await using world = await openWorld();
    const service = await world.service({ maxCatchUpBatch: 10 });
    for (let n = 0; n < 5; n += 1) await service.ingestBatch(Array.from({ length: 5 }, () => viewed()));
    later(world, OVERDUE_MS + 1);
    const shards = async () => (await service.getStats()).shards.filter(({ bufferSize }) => bufferSize > 0);
    const [left] = await shards();
    for (let n = 0; (await shards()).length < 2; n += 1) await service.ingest(viewed({ sessionId: `young-${n}` }));
    const young = (await shards()).find(({ shard }) => shard !== left?.shard);
    const { flushed, ...others } = await service.backupFlush();
    expect(others).toEqual({ shards: 1, stuck: [] });
    expect(flushed).toBeGreaterThanOrEqual(25);
    expect((await shards()).find(({ shard }) => shard === young?.shard)).toEqual(young);
  });

  test('stops at what a living flusher may still take', async () => {
    await using world = await openWorld();
    const service = await world.service({ shards: 1, maxCatchUpBatch: 1 });
    for (let n = 0; n < 3; n += 1) await service.ingest(viewed());
    later(world, OVERDUE_MS + 1);
    for (let n = 0; n < 2; n += 1) await service.ingest(viewed());
    expect(await service.backupFlush()).toEqual({ flushed: 3, shards: 1, stuck: [] });
    expect(await service.getStats()).toMatchObject({ bufferSize: 2 });
  });

  test('drains a shard that the configuration no longer names', async () => {
    await using world = await openWorld();
    const before = await world.service({ shards: 8 });
    await before.ingestBatch(manyViewed(40));
    later(world, OVERDUE_MS + 1);
    const after = await world.service({ shards: 1 });
    expect(await after.backupFlush()).toMatchObject({ flushed: 40, stuck: [] });
    expect(await world.prisma.event.count()).toBe(40);
  });

  test('stores nothing twice, however many run at once', async () => {
    await using world = await openWorld();
    const services = await Promise.all([world.service(), world.service({ maxCatchUpBatch: 7 })]);
    for (let n = 0; n < 10; n += 1) await services[0].ingestBatch(manyViewed(20));
    later(world, OVERDUE_MS + 1);
    const results = await Promise.all([...services, ...services].map((service) => service.backupFlush()));
    expect(results.reduce((sum, { flushed }) => sum + flushed, 0)).toBe(200);
    expect(results.flatMap(({ stuck }) => stuck)).toEqual([]);
    expect(await world.prisma.event.count()).toBe(200);
    expect(await balancedLedger(services[0])).toMatchObject({ accepted: 200, stored: 200, merged: 0, buffered: 0 });
  });
});

describe('a shard that does not drain', () => {
  test('is told with the reason: an entry of a newer version', async () => {
    await using world = await openWorld();
    const lines: string[] = [];
    const log = pino({ level: 'error' }, { write: (line: string) => lines.push(line) });
    const service = await world.service({ shards: 1, log });
    await service.ingest(viewed());
    await service.forceFlush();
    await service.ingest(viewed());
    const [[id = '', fields = []] = []] = await world.redis.xrevrange(STREAM, '+', '-', 'COUNT', 1);
    await world.redis.xdel(STREAM, id);
    await world.redis.xadd(STREAM, '*', ...fields.map((value, at) => (fields[at - 1] === 'v' ? '99' : value)));

    later(world, STUCK_MS);
    expect(await service.backupFlush()).toEqual(NOTHING);
    expect(stuckOf(await service.getStats())).toEqual([]);
    later(world, STUCK_MS + 1);
    const reason = expect.stringContaining('layout version "99"');
    const stuck = { shard: 0, oldestAgeMs: STUCK_MS + 1, pending: 1, reason };
    expect(await service.backupFlush()).toEqual({ flushed: 0, shards: 0, stuck: [stuck] });
    expect(stuckOf(await service.getStats())).toEqual([{ shard: 0, oldestAgeMs: STUCK_MS + 1 }]);
    const alarms = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg.startsWith('shard is stuck'));
    expect(alarms).toMatchObject([{ level: 50, ...stuck }]);
  });

  test('is told while events are locked, and drains when they are free', async () => {
    await using world = await openWorld();
    const service = await world.service({ shards: 1, stuckShardSeconds: 20 });
    await service.ingestBatch(manyViewed(10));
    later(world, 20_001);
    await whileHeld(world, 'LOCK TABLE events', async () => {
      const { flushed, stuck } = await service.backupFlush(4_000);
      expect(flushed).toBe(0);
      const reason = expect.stringContaining('lock timeout');
      expect(stuck).toEqual([{ shard: 0, oldestAgeMs: 20_001, pending: 10, reason }]);
    });
    // By this call, or by an attempt of the one before that was still waiting for the lock.
    expect(await service.backupFlush()).toMatchObject({ stuck: [] });
    await eventually(async () => expect(await world.prisma.event.count()).toBe(10));
    expect(await balancedLedger(service)).toMatchObject({ accepted: 10, stored: 10, buffered: 0 });
  });

  test('is told while another flusher holds it', async () => {
    await using world = await openWorld();
    const service = await world.service({ shards: 1 });
    await service.ingest(viewed());
    later(world, STUCK_MS + 1);
    await whileHeld(world, 'SELECT FROM ingest_checkpoints FOR UPDATE', async () => {
      const { stuck } = await service.backupFlush(300);
      expect(stuck).toMatchObject([{ shard: 0, pending: 1, reason: expect.stringContaining('Another flusher') }]);
    });
    expect(await service.backupFlush()).toMatchObject({ flushed: 1, stuck: [] });
  });

  test('is not one whose flusher may still wait for a batch', async () => {
    await using world = await openWorld();
    const service = await world.service({ shards: 1, batchTimeoutMs: 600_000 });
    await service.ingest(viewed());
    later(world, 600_000);
    expect(stuckOf(await service.getStats())).toEqual([]);
    expect(await service.backupFlush()).toEqual(NOTHING);
  });
});
