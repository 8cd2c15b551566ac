import { testRedis } from '@tallymark/testing/redis';
import { startOwnServices } from '@tallymark/testing/services';
import { expect, test } from 'vitest';
import { connectRedis, redisReady } from './connect.ts';
import { JsonCache } from './json-cache.ts';

async function openCache() {
  const space = await testRedis();
  const redis = connectRedis({ url: space.url, prefix: space.prefix, name: 'json-cache' });
  if (!(await redisReady(redis, 2_000))) throw new Error('Redis does not answer.');
  return {
    redis,
    cache: new JsonCache(redis),
    [Symbol.asyncDispose]: async () => {
      redis.disconnect();
      await space[Symbol.asyncDispose]();
    },
  };
}

/** Answers 1, 2, 3 … each time it is worked out. */
function counter() {
  let computed = 0;
  return {
    ttlSeconds: 60,
    parse: (json: unknown) => {
      const { n } = Object(json) as { readonly n?: unknown };
      return typeof n === 'number' ? { n } : null;
    },
    compute: async () => {
      computed += 1;
      return { n: computed };
    },
  };
}

test('a value is kept as long as it is to live, for every process', async () => {
  await using world = await openCache();
  const wanted = counter();
  expect(await world.cache.remember('a', wanted)).toEqual({ n: 1 });
  expect(await new JsonCache(world.redis).remember('a', wanted)).toEqual({ n: 1 });
  expect(await world.cache.remember('b', wanted)).toEqual({ n: 2 });
  expect(await world.redis.ttl('cache:a')).toBeGreaterThan(50);
  await world.redis.pexpire('cache:a', 0);
  expect(await world.cache.remember('a', wanted)).toEqual({ n: 3 });
});

test('what another version has left there, or anybody else, is made anew', async () => {
  await using world = await openCache();
  const wanted = counter();
  for (const left of ['{"n":"one"}', 'no JSON', 'null', '']) {
    await world.redis.set('cache:a', left);
    expect(await world.cache.remember('a', wanted)).toEqual({ n: expect.any(Number) });
  }
  expect(await wanted.compute()).toEqual({ n: 5 });
});

test('whoever asks while it is worked out shares it; a failure is told to all of them and not kept', async () => {
  await using world = await openCache();
  const wanted = counter();
  const asked = Array.from({ length: 10 }, () => world.cache.remember('a', wanted));
  expect(await Promise.all(asked)).toEqual(Array.from({ length: 10 }, () => ({ n: 1 })));

  let attempts = 0;
  const failing = {
    ...wanted,
    compute: async () => {
      attempts += 1;
      throw new Error('no answer');
    },
  };
  const failed = await Promise.allSettled([world.cache.remember('f', failing), world.cache.remember('f', failing)]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(attempts).toBe(1);
  expect(await world.cache.remember('f', wanted)).toEqual({ n: 2 });
});

test('without Redis everything is worked out again, and shared while it is', async () => {
  const cache = new JsonCache(null);
  const wanted = counter();
  expect(await Promise.all([cache.remember('a', wanted), cache.remember('a', wanted)])).toEqual([{ n: 1 }, { n: 1 }]);
  expect(await cache.remember('a', wanted)).toEqual({ n: 2 });
});

test('a Redis that is away is no cache and no error', async () => {
  const redis = connectRedis({ url: 'redis://127.0.0.1:1', prefix: 'away', name: 'json-cache' });
  try {
    const cache = new JsonCache(redis);
    expect(await cache.remember('a', counter())).toEqual({ n: 1 });
    expect(await cache.get('a')).toBeNull();
  } finally {
    redis.disconnect();
  }
});

test('a Redis that does not answer costs its patience and no more', async () => {
  await using own = await startOwnServices({ migrated: false });
  // The commands themselves would wait for a minute.
  const redis = connectRedis({ url: own.redisUrl, prefix: 'p', name: 'json-cache', commandTimeoutMs: 60_000 });
  try {
    expect(await redisReady(redis, 5_000)).toBe(true);
    own.redis.freeze();
    expect(await new JsonCache(redis, 50).remember('a', counter())).toEqual({ n: 1 });
  } finally {
    redis.disconnect();
  }
});
