import { eventually } from '@tallymark/testing/eventually';
import { testRedis } from '@tallymark/testing/redis';
import { expect, test } from 'vitest';
import { connectRedis, redisReady } from './connect.ts';
import { FoldSamples } from './fold-samples.ts';
import { QuestionTimes } from './question-times.ts';

async function openRedis() {
  const space = await testRedis();
  const redis = connectRedis({ url: space.url, prefix: space.prefix, name: 'question-times' });
  if (!(await redisReady(redis, 2_000))) throw new Error('Redis does not answer.');
  return {
    redis,
    [Symbol.asyncDispose]: async () => {
      redis.disconnect();
      await space[Symbol.asyncDispose]();
    },
  };
}

/** Redis answers in order: what was sent before is done. */
const settled = (times: QuestionTimes, done: (found: Awaited<ReturnType<QuestionTimes['read']>>) => boolean) =>
  eventually(async () => {
    const found = await times.read();
    return done(found) && found;
  });

test('the last thousand times of every question, of all processes', async () => {
  await using world = await openRedis();
  const [one, other] = [new QuestionTimes(world.redis), new QuestionTimes(world.redis)];
  expect(await one.read()).toEqual([]);
  for (let n = 0; n < 1_200; n += 1) {
    (n % 2 === 0 ? one : other).record('stats.overview', n);
    // No more are on their way at once than may be.
    if (n % 50 === 49) await settled(one, (found) => Boolean(found?.[0]?.times.includes(n)));
  }
  other.record('stats.funnel', 7.12345);
  const [funnel, overview] = await settled(one, (found) => found?.length === 2);
  expect(funnel).toEqual({ question: 'stats.funnel', times: [7.123] });
  expect(overview?.times).toHaveLength(1_000);
  expect(new Set(overview?.times)).toEqual(new Set(Array.from({ length: 1_000 }, (_, n) => n + 200)));
});

test('a flood is left out, and names end somewhere', async () => {
  await using world = await openRedis();
  const times = new QuestionTimes(world.redis);
  for (let n = 0; n < 500; n += 1) times.record('one', n);
  const [one] = await settled(times, (found) => (found?.[0]?.times.length ?? 0) >= 100);
  expect(one?.times.length).toBe(100);
  for (let n = 0; n < 250; n += 1) {
    times.record(`question ${n}`, 1);
    const last = `question ${n}`;
    if (n < 200 && n % 50 === 48)
      await settled(times, (found) => Boolean(found?.some(({ question }) => question === last)));
  }
  times.record('one', 501);
  const all = await settled(times, (found) =>
    Boolean(found?.find(({ question }) => question === 'one')?.times.includes(501)),
  );
  expect(all).toHaveLength(200);
});

test('without Redis nothing is kept, nothing thrown, and nobody waits', async () => {
  await using world = await openRedis();
  const times = new QuestionTimes(world.redis);
  world.redis.disconnect();
  times.record('one', 1);
  expect(await times.read()).toBeNull();
  expect(await new FoldSamples(world.redis).replace({ atMs: 0, folded: {} })).toBeNull();
});

test('samples of folds are kept five seconds apart, and for ten minutes', async () => {
  await using world = await openRedis();
  const samples = new FoldSamples(world.redis);
  const at = (seconds: number, folded: number) =>
    samples.replace({ atMs: seconds * 1_000, folded: { counts: folded } });
  expect(await at(0, 1)).toBeNull();
  expect(await at(3, 2)).toBeNull();
  // The one in between was too close to the first to be kept.
  expect(await at(6, 3)).toMatchObject({ atMs: 0, folded: { counts: 1 } });
  expect(await at(10, 4)).toMatchObject({ atMs: 0 });
  expect(await at(11, 5)).toMatchObject({ atMs: 6_000 });
  expect(await at(700, 6)).toBeNull();
});
