import { createLogger } from '@tallymark/analytics/operate/logger';
import { parseSettings } from '@tallymark/contract/settings';
import { cloneDatabase } from '@tallymark/testing/database';
import { testRedis } from '@tallymark/testing/redis';
import { describe, expect, it } from 'vitest';
import { studio } from '../studio.ts';
import { openWorkerServices } from '../worker.ts';
import { replayLedger } from './ledger.ts';
import { HistoryRefused, replay } from './replay.ts';

const LINES = [
  ...Array.from(
    { length: 1_200 },
    (_, n) =>
      `198.51.100.${n % 50} - - [${10 + (n % 9)}/May/2015:10:05:${10 + (n % 50)} +0000] "GET /page/${n % 300} HTTP/1.1" ${n % 7 === 0 ? 404 : 200} 512 "-" "Agent/${n % 5}"`,
  ),
  'this line was cut o',
];
const TEXT = [...LINES, ...LINES.slice(0, 3)];

async function* linesOf(lines: readonly string[]) {
  yield* lines;
}

async function openWorld() {
  const database = await cloneDatabase();
  const redis = await testRedis();
  const settings = parseSettings({
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
    TRACKING_HASH_SALT: 'a salt of the tests',
  });
  const log = createLogger({ level: 'silent', name: 'test' });
  const services = openWorkerServices(settings, { ...studio, name: 'test-replay', log });
  const run = async (lines: readonly string[], options: { keepHistory?: boolean; signal?: AbortSignal } = {}) => {
    const startedAt = new Date();
    const runId = `run-${Math.random()}`;
    const tally = await replay({
      eventIngestion: services.eventIngestion,
      lines: linesOf(lines),
      runId,
      keepHistory: options.keepHistory ?? true,
      signal: options.signal ?? new AbortController().signal,
      onProgress: () => {},
    });
    const { complete } = await services.eventIngestion.forceFlush();
    return { tally, ledger: await replayLedger(services.prisma, tally, { runId, startedAt, complete }) };
  };
  return {
    prisma: services.prisma,
    run,
    async [Symbol.asyncDispose]() {
      await services.close();
      await redis[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

describe('replay', () => {
  it('stores each line once, equal ones too; a second run of the file adds nothing', async () => {
    await using world = await openWorld();
    const first = await world.run(TEXT);
    expect(first.ledger).toMatchObject({
      lines: 1_204,
      bad: 1,
      received: 1_203,
      accepted: 1_203,
      stored: 1_203,
      balanced: true,
    });
    expect(first.tally.badLines).toEqual([{ line: 1_201, text: 'this line was cut o' }]);
    const second = await world.run(TEXT);
    expect(second.ledger).toMatchObject({ received: 1_203, duplicate: 1_203, stored: 0, balanced: true });
    expect(await world.prisma.event.count()).toBe(1_203);
    const missing = TEXT.filter((line) => line.includes('" 404 ')).length;
    expect(await world.prisma.event.count({ where: { propsJson: { path: ['status'], equals: 404 } } })).toBe(missing);
  });

  it('ends with the same rows when it was broken off and run again', async () => {
    await using world = await openWorld();
    const stop = new AbortController();
    stop.abort();
    const broken = await world.run(TEXT, { signal: stop.signal });
    expect(broken.tally.received).toBeLessThan(1_203);
    const again = await world.run(TEXT);
    expect(again.ledger.balanced).toBe(true);
    expect(await world.prisma.event.count()).toBe(1_203);
  });

  it('refuses history older than the retention unless told to keep it, and exempts what it keeps', async () => {
    await using world = await openWorld();
    await expect(world.run(TEXT, { keepHistory: false })).rejects.toThrow(HistoryRefused);
    expect(await world.prisma.event.count()).toBe(0);
    await world.run(TEXT.slice(0, 10));
    expect(await world.prisma.event.count({ where: { retentionExempt: true } })).toBe(10);
  });

  it('gives the same visitors in every run, and others on another day', async () => {
    await using world = await openWorld();
    await world.run(TEXT);
    const visitors = await world.prisma.event.findMany({ distinct: ['visitorId'], select: { visitorId: true } });
    // 50 addresses with 5 agents in fixed pairs, seen on each of the days they came.
    const pairs = new Set(
      TEXT.map((line) => `${line.split(' ')[0]} ${/Agent\/\d/.exec(line)?.[0]} ${/\[(\d+)/.exec(line)?.[1]}`),
    );
    expect(visitors.length).toBe(pairs.size - 1);
  });
});
