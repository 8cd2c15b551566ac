import type { PrismaClient } from '@tallymark/prisma/client';
import { connectRedis, redisReady } from '@tallymark/redis/connect';
import { expect, test } from 'vitest';
import {
  attributionOf,
  type EnrichmentWorld,
  openEnrichmentWorld,
  pageView,
  store,
} from '../test-support/enrichment-world.ts';
import { LOG } from '../test-support/ingestion-world.ts';
import { EventEnrichmentService } from './service.ts';

/** The heads of sessions in Redis: key to value. */
async function headsOf({ redis, redisPrefix }: EnrichmentWorld): Promise<Map<string, string>> {
  const keys = (await redis.keys(`${redisPrefix}:sessions:*`)).filter((key) => !key.includes(':bytes:'));
  const own = keys.map((key) => key.slice(redisPrefix.length + 1));
  const values = own.length === 0 ? [] : await redis.mget(own);
  return new Map(own.map((key, at) => [key, values[at] ?? '']));
}

/** Makes every head claim that its session has a hundred events more, written by transaction `xid` where one is given. */
async function tamper(world: EnrichmentWorld, xid?: string): Promise<void> {
  for (const [key, text] of await headsOf(world)) {
    const head = JSON.parse(text);
    head.session.sequence += 100;
    if (xid !== undefined) head.xid = xid;
    await world.redis.set(key, JSON.stringify(head));
  }
}

async function enrichNext(world: EnrichmentWorld, minutes: number, service = world.enrichment): Promise<number> {
  const ids = await store(world.prisma, [pageView(minutes)]);
  await service.enrichEvents(ids);
  const [attribution] = (await attributionOf(world.prisma, ids)).values();
  return (attribution?.sessionJson as { sequence: number } | undefined)?.sequence ?? 0;
}

async function rolledBack(prisma: PrismaClient): Promise<string> {
  let xid = '';
  const undo = new Error('undo');
  await prisma
    .$transaction(async (tx) => {
      const [row] = await tx.$queryRaw<{ xid: string }[]>`SELECT pg_current_xact_id()::text AS xid`;
      xid = row?.xid ?? '';
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return xid;
}

test('the next event of a session goes on from Redis, for an hour', async () => {
  await using world = await openEnrichmentWorld();
  expect(await enrichNext(world, 0)).toBe(1);
  const [key = ''] = (await headsOf(world)).keys();
  const ttl = await world.redis.ttl(key);
  expect(ttl > 3_500 && ttl <= 3_600, String(ttl)).toBe(true);
  // It would not notice otherwise that Redis is asked at all.
  await tamper(world);
  expect(await enrichNext(world, 1)).toBe(102);
});

test('without what Redis held it goes on from Postgres', async () => {
  await using world = await openEnrichmentWorld();
  await enrichNext(world, 0);
  await world.redis.unlink(...(await headsOf(world)).keys());
  expect(await enrichNext(world, 1)).toBe(2);
});

test('a session of a transaction that was rolled back, or is yet to come, is not believed', async () => {
  await using world = await openEnrichmentWorld();
  await enrichNext(world, 0);
  await tamper(world, await rolledBack(world.prisma));
  expect(await enrichNext(world, 1)).toBe(2);
  await tamper(world, '123456789012');
  expect(await enrichNext(world, 2)).toBe(3);
  await tamper(world, 'no number');
  await expect(enrichNext(world, 3)).resolves.toBe(4);
});

test('what is written while Redis is away makes everything it held worthless', async () => {
  await using world = await openEnrichmentWorld();
  await enrichNext(world, 0);
  await tamper(world);
  const redis = connectRedis({ url: world.redisUrl, prefix: world.redisPrefix, name: 'away' });
  await redisReady(redis, 2_000);
  const away = new EventEnrichmentService(world.prisma, redis, { log: LOG });
  await enrichNext(world, 100, away);
  redis.disconnect();
  await tamper(world);
  // Nobody but Postgres knows of this one.
  expect(await enrichNext(world, 101, away)).toBe(2);
  expect(await enrichNext(world, 102)).toBe(3);
});

test('what a worker without Redis writes makes everything it held worthless, too', async () => {
  await using world = await openEnrichmentWorld();
  await enrichNext(world, 0);
  await enrichNext(world, 1, world.worker({ redis: null }));
  await tamper(world);
  expect(await enrichNext(world, 2)).toBe(3);
});

test('a connection that was lost raises the generation before Redis is asked again', async () => {
  await using world = await openEnrichmentWorld();
  await enrichNext(world, 0);
  await tamper(world);
  const back = new Promise((resolve) => world.redis.once('ready', resolve));
  world.redis.disconnect(true);
  await back;
  expect(await enrichNext(world, 1)).toBe(2);
});

test('a late event is not taken for the next one', async () => {
  await using world = await openEnrichmentWorld();
  await enrichNext(world, 10);
  expect(await enrichNext(world, 5)).toBe(1);
  expect(await enrichNext(world, 11)).toBe(3);
  expect(await enrichNext(world, 12)).toBe(4);
});
