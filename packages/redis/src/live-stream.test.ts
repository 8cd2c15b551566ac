import { testRedis } from '@tallymark/testing/redis';
import { expect, test } from 'vitest';
import { connectRedis, redisReady } from './connect.ts';
import { liveKeyOf } from './keys.ts';
import { LIVE_TTL_SECONDS, LiveStream } from './live-stream.ts';

const SITE = '00000000-0000-7000-8000-000000000001';
const OTHER = '00000000-0000-7000-8000-000000000002';
const WAIT_MS = 1_000;

async function openStream(kept?: number) {
  const space = await testRedis();
  const redis = connectRedis({ url: space.url, prefix: space.prefix, name: 'live-test' });
  if (!(await redisReady(redis, 2_000))) throw new Error('Redis does not answer.');
  const stream = new LiveStream(redis, kept);
  const reader = stream.reader();
  return {
    redis,
    stream,
    reader,
    append: (count: number, { site = SITE, lost = 0 } = {}) =>
      stream.append(site, { json: JSON.stringify(Array(count).fill('e')), count, lost }),
    [Symbol.asyncDispose]: async () => {
      reader.close();
      redis.disconnect();
      await space[Symbol.asyncDispose]();
    },
  };
}

test('counts what went in, and what was left out on the way', async () => {
  await using world = await openStream();
  await world.append(2);
  await world.append(3, { lost: 4 });
  await world.append(1, { site: OTHER });
  const entries = await world.stream.open(SITE);
  expect(entries.map(({ count, lost, total, json }) => [count, lost, total, json])).toEqual([
    [2, 0, 2, '["e","e"]'],
    [3, 4, 9, '["e","e","e"]'],
  ]);
  expect(new Set(entries.map(({ life }) => life)).size).toBe(1);
});

test('keeps so many events and no more, the last entry in any case', async () => {
  await using world = await openStream(10);
  for (let n = 0; n < 20; n += 1) await world.append(1);
  const totals = async () => (await world.stream.open(SITE)).map(({ total }) => total);
  expect(await totals()).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  await world.append(7);
  expect(await totals()).toEqual([18, 19, 20, 27]);
  await world.append(30);
  expect(await totals()).toEqual([57]);
  // What never was in the stream takes no room of it.
  await world.append(0, { lost: 1_000 });
  expect(await totals()).toEqual([1_057]);
});

test('a stream ends some time after its last event or watcher, and begins anew as another one', async () => {
  await using world = await openStream();
  const key = liveKeyOf(SITE);
  await world.append(1);
  await world.redis.expire(key, 5);
  await world.append(1);
  expect(await world.redis.ttl(key)).toBeGreaterThan(LIVE_TTL_SECONDS - 60);
  await world.redis.expire(key, 5);
  const [first] = await world.stream.open(SITE);
  expect(await world.redis.ttl(key)).toBeGreaterThan(LIVE_TTL_SECONDS - 60);
  expect(await world.redis.xlen(key)).toBe(2);

  await world.redis.del(key);
  const anew = await world.stream.open(SITE);
  expect(anew.map(({ count, total }) => [count, total])).toEqual([[0, 0]]);
  expect(anew[0]?.life).not.toBe(first?.life);
});

test('one read waits for several streams', async () => {
  await using world = await openStream();
  const [[start], [otherStart]] = await Promise.all([world.stream.open(SITE), world.stream.open(OTHER)]);
  const after = new Map([
    [SITE, start?.id ?? ''],
    [OTHER, otherStart?.id ?? ''],
  ]);
  expect(await world.reader.read(after, 1)).toEqual(new Map());
  const waiting = world.reader.read(after, WAIT_MS);
  await world.append(1);
  await world.append(2, { site: OTHER });
  const first = await waiting;
  const counts = [...first, ...(await world.reader.read(after, WAIT_MS))].map(
    ([site, [entry]]) => [site, entry?.count] as const,
  );
  expect(new Map(counts)).toEqual(
    new Map([
      [SITE, 1],
      [OTHER, 2],
    ]),
  );
});

test('events of a layout it does not know are counted as left out', async () => {
  await using world = await openStream();
  await world.append(1);
  const [{ life } = { life: '' }] = await world.stream.open(SITE);
  const fields = { v: '2', l: life, n: '5', x: '1', c: '7', e: 'who knows' };
  await world.redis.xadd(liveKeyOf(SITE), '*', ...Object.entries(fields).flat());
  expect((await world.stream.open(SITE))[1]).toMatchObject({ count: 0, lost: 6, total: 7, json: '[]' });
});
