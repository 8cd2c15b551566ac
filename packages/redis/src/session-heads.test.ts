import { testRedis } from '@tallymark/testing/redis';
import { expect, test } from 'vitest';
import { connectRedis, redisReady } from './connect.ts';
import { SessionHeads } from './session-heads.ts';

const NOW = new Date('2026-11-15T12:30:00.000Z');
const NEXT_HOUR = new Date('2026-11-15T13:00:00.000Z');

async function openHeads(mostBytesAnHour?: number) {
  const space = await testRedis();
  const redis = connectRedis({ url: space.url, prefix: space.prefix, name: 'session-heads' });
  if (!(await redisReady(redis, 2_000))) throw new Error('Redis does not answer.');
  return {
    redis,
    heads: new SessionHeads(redis, mostBytesAnHour),
    keyCount: async () => (await redis.keys(`${space.prefix}:sessions:1:*`)).length,
    [Symbol.asyncDispose]: async () => {
      redis.disconnect();
      await space[Symbol.asyncDispose]();
    },
  };
}

const fresh = (value: string) => ({ value, known: false });
const known = (value: string) => ({ value, known: true });

test('heads are read back, each generation by itself', async () => {
  await using world = await openHeads();
  await world.heads.write('1', new Map([['a', fresh('A')]]), NOW);
  await world.heads.write('1', new Map([['a', known('AA')]]), NOW);
  expect(await world.heads.read('1', ['a', 'b'])).toEqual(['AA', null]);
  expect(await world.heads.read('2', ['a'])).toEqual([null]);
});

test('over the allowance of an hour new heads are left out, and what was there under their name with them', async () => {
  await using world = await openHeads(10);
  await world.heads.write('1', new Map([['a', fresh('12345678')]]), NOW);
  await world.heads.write(
    '1',
    new Map([
      ['a', known('87654321')],
      ['b', fresh('12345678')],
    ]),
    NOW,
  );
  expect(await world.heads.read('1', ['a', 'b'])).toEqual(['87654321', null]);
  // Not believed by whoever read it: it must not stay, either.
  await world.heads.write('1', new Map([['a', fresh('x')]]), NOW);
  expect(await world.heads.read('1', ['a'])).toEqual([null]);
  await world.heads.write('1', new Map([['b', fresh('12345678')]]), NEXT_HOUR);
  expect(await world.heads.read('1', ['b'])).toEqual(['12345678']);
});

test('a head that ran out meanwhile does not come back, and one that did not ends when it would have', async () => {
  await using world = await openHeads();
  await world.heads.write('1', new Map([['a', known('A')]]), NOW);
  expect(await world.keyCount()).toBe(0);
  await world.heads.write('1', new Map([['a', fresh('A')]]), NOW);
  const [key = ''] = await world.redis.keys('*sessions:1:*');
  const own = key.slice(key.indexOf('sessions:'));
  await world.redis.expire(own, 100);
  await world.heads.write('1', new Map([['a', known('AA')]]), NOW);
  expect(await world.redis.ttl(own)).toBeLessThanOrEqual(100);
});
