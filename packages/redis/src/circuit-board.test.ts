import { testRedis } from '@tallymark/testing/redis';
import { expect, test } from 'vitest';
import { CircuitBoard } from './circuit-board.ts';
import { connectRedis, redisReady } from './connect.ts';

const AT = new Date('2026-11-15T12:00:00.000Z');
const after = (seconds: number) => new Date(AT.getTime() + seconds * 1_000);
const own = (process: string, state: 'closed' | 'open') => ({
  process,
  circuits: [{ circuit: 'writes' as const, state, since: AT.toISOString(), failures: 0, opened: 0, lastFailure: null }],
});

test('shows what every living process wrote last, and forgets the silent ones', async () => {
  await using key = await testRedis();
  const redis = connectRedis({ url: key.url, prefix: key.prefix, name: 'test', onError: () => {} });
  await redisReady(redis, 5_000);
  const board = new CircuitBoard(redis);
  await board.write(own('worker@b:2', 'closed'), AT);
  await board.write(own('web@a:1', 'open'), AT);
  await board.write(own('worker@b:2', 'open'), after(1));
  expect(await board.read(after(2))).toEqual([own('web@a:1', 'open'), own('worker@b:2', 'open')]);
  expect(await board.read(after(26))).toEqual([own('worker@b:2', 'open')]);
  const other = { what: 'another version writes' };
  await redis.hset('circuits', 'new@c:3', JSON.stringify({ ...other, at: after(3_600).getTime() }));
  await redis.hset('circuits', 'old@c:3', JSON.stringify(other));
  expect(await board.read(after(3_600.5))).toEqual([]);
  expect((await redis.hkeys('circuits')).sort()).toEqual(['new@c:3', 'worker@b:2']);
  await board.remove('worker@b:2');
  expect(await redis.hkeys('circuits')).toEqual(['new@c:3']);
  redis.disconnect();
});
