import { testRedis } from '@tallymark/testing/redis';
import { expect, test } from 'vitest';
import { connectRedis, redisReady } from './connect.ts';
import { RejectionCounts } from './rejection-counts.ts';

const DAY = '2026-11-15';

async function openRedis() {
  const space = await testRedis();
  const redis = connectRedis({ url: space.url, prefix: space.prefix, name: 'rejection-counts' });
  if (!(await redisReady(redis, 2_000))) throw new Error('Redis does not answer.');
  return {
    redis,
    [Symbol.asyncDispose]: async () => {
      redis.disconnect();
      await space[Symbol.asyncDispose]();
    },
  };
}

test('counts of several processes add up, by day, whatever a type is called', async () => {
  await using world = await openRedis();
  const [one, other] = [new RejectionCounts(world.redis), new RejectionCounts(world.redis)];
  const strange = { eventType: 'a b: "c" \0', reason: 'unknown_event_type', events: 2 };
  const nameless = { eventType: null, reason: 'invalid_event', events: 1 };
  await one.add(DAY, [strange, nameless]);
  await other.add(DAY, [strange]);
  await other.add('2026-11-14', [nameless]);
  const counts = await one.read([DAY]);
  expect(counts?.toSorted((a, b) => a.events - b.events)).toEqual([
    { day: DAY, ...nameless },
    { day: DAY, ...strange, events: 4 },
  ]);
  expect(await one.read(['2026-11-14', '2026-11-13'])).toEqual([{ day: '2026-11-14', ...nameless }]);
});

test('names beyond the most that are kept are counted together', async () => {
  await using world = await openRedis();
  const counts = new RejectionCounts(world.redis, 2);
  const reason = 'unknown_event_type';
  await counts.add(
    DAY,
    ['a', 'b', 'c', 'd'].map((eventType) => ({ eventType, reason, events: 1 })),
  );
  await counts.add(DAY, [{ eventType: 'a', reason, events: 1 }]);
  const found = Object.fromEntries(
    (await counts.read([DAY]))?.map(({ eventType, events }) => [eventType, events]) ?? [],
  );
  expect(found).toEqual({ a: 2, b: 1, '(other)': 2 });
});

test('nothing is known while Redis is away', async () => {
  const away = connectRedis({ url: 'redis://127.0.0.1:1', prefix: 'away', name: 'away' });
  expect(await new RejectionCounts(away).read([DAY])).toBeNull();
  away.disconnect();
});
