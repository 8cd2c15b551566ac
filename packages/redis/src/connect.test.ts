import { testRedis } from '@tallymark/testing/redis';
import { startOwnServices } from '@tallymark/testing/services';
import { expect, test } from 'vitest';
import { connectRedis, redisReady } from './connect.ts';
import { durabilityWarnings } from './durability.ts';
import { openBuffer } from './test-support/buffer-world.ts';

test('a Redis that keeps what it acknowledges has no warnings, a weaker one says what can be lost', async () => {
  await using world = await openBuffer();
  expect(await durabilityWarnings(world.redis)).toEqual([]);
  await using own = await startOwnServices({ migrated: false, redis: { appendfsync: 'everysec' } });
  const redis = connectRedis({ url: own.redisUrl, prefix: 'p', name: 'tallymark-test' });
  try {
    expect(await redisReady(redis, 5_000)).toBe(true);
    expect(await durabilityWarnings(redis)).toEqual([expect.stringContaining('appendfsync everysec')]);
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru', 'appendonly', 'no');
    expect(await durabilityWarnings(redis)).toEqual([
      expect.stringContaining('without `appendonly yes`'),
      expect.stringContaining('maxmemory-policy allkeys-lru'),
    ]);
  } finally {
    redis.disconnect();
  }
  expect(await durabilityWarnings(redis)).toEqual([expect.stringContaining('does not tell its settings')]);
});

test('while Redis is away a command is refused at once, and nobody has to catch its errors', async () => {
  await using space = await testRedis();
  const redis = connectRedis({ url: 'redis://127.0.0.1:1', prefix: space.prefix, name: 'tallymark-test' });
  try {
    expect(await redisReady(redis, 50)).toBe(false);
    await expect(redis.get('a')).rejects.toThrow();
  } finally {
    redis.disconnect();
  }
});

test('every key starts with the prefix', async () => {
  await using space = await testRedis();
  const redis = connectRedis({ url: space.url, prefix: space.prefix, name: 'tallymark-test' });
  try {
    expect(await redisReady(redis, 5_000)).toBe(true);
    await redis.set('a', '1');
    expect(await redis.keys(`${space.prefix}*`)).toEqual([`${space.prefix}:a`]);
  } finally {
    redis.disconnect();
  }
});
