import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import { connectRedis } from '@tallymark/redis/connect';
import { QuestionTimes } from '@tallymark/redis/question-times';
import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { percentile } from '../report/ops-query-times.ts';
import type { ReportDeps } from '../report/report-deps.ts';
import { pageView, store } from '../test-support/enrichment-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { createOpsRouter } from './ops.ts';
import { createCallerFactory } from './trpc.ts';

async function callerFor(
  world: ReportWorld,
  { role = 'admin', ...deps }: Partial<ReportDeps> & { role?: string | null } = {},
) {
  return createCallerFactory(createOpsRouter())({
    eventIngestion: await world.service(),
    requestContext: { session: role === null ? null : { userId: 'user-1', role } },
    operations: { reports: { ...world.deps, ...deps, defaultSiteId: DEFAULT_SITE_ID } },
  });
}

test('the overview tells what is counted, what waits, and how fast it came in', async () => {
  await using world = await openReportWorld();
  const ops = await callerFor(world);
  expect(await ops.overview()).toMatchObject({ counted: 0, uncounted: 0, awaitingEnrichment: 0, storedLastMinute: 0 });
  await world.record([pageView(0), pageView(-30, { count: 5 }), pageView(-90), pageView(-3 * 1_440)]);
  const waiting = await store(world.prisma, [pageView(-1), pageView(-2)]);
  const before = await ops.overview();
  expect(before).toMatchObject({
    counted: 4,
    uncounted: 0,
    awaitingEnrichment: 2,
    happenedLastHour: 2,
    happenedLastDay: 3,
  });
  expect(before.storedLastMinute).toBe(6);
  await world.enrichment.enrichEvents(waiting);
  expect(await ops.overview()).toMatchObject({ counted: 4, uncounted: 2, awaitingEnrichment: 0 });
  await world.fold();
  expect(await ops.overview()).toMatchObject({ counted: 6, uncounted: 0, happenedLastHour: 4 });
  await world.prisma.$executeRaw`UPDATE event_log SET logged_at = now() - interval '2 minutes'`;
  expect((await ops.overview()).storedLastMinute).toBe(0);
});

/** Whose events do not change what others are. */
const OTHER_SESSION = { sessionId: 'session-2' };

test('the writer of facts is behind by rows of the log, and by the age of the oldest', async () => {
  await using world = await openReportWorld();
  const ops = await callerFor(world);
  await world.record([pageView(0)]);
  expect((await ops.projections()).facts).toEqual({ rowsBehind: 0, eventsBehind: 0, oldestAt: null, secondsBehind: 0 });
  const ids = await store(world.prisma, [pageView(-1, OTHER_SESSION), pageView(-2, OTHER_SESSION)]);
  await world.enrichment.enrichEvents(ids);
  await world.prisma.$executeRaw`UPDATE event_log SET logged_at = now() - interval '90 seconds' WHERE kind = 'stored'`;
  const { facts } = await ops.projections();
  expect(facts).toMatchObject({ rowsBehind: 2, eventsBehind: 4 });
  expect(facts.secondsBehind).toBeGreaterThanOrEqual(90);
  expect(facts.secondsBehind).toBeLessThan(180);
});

test('part of a row of the log that was dealt with is not behind', async () => {
  await using world = await openReportWorld();
  const ops = await callerFor(world);
  await world.record([pageView(0)]);
  const ids = await store(
    world.prisma,
    [-1, -2, -3].map((minutes) => pageView(minutes, OTHER_SESSION)),
  );
  await world.enrichment.enrichEvents(ids);
  await world.prisma.$executeRaw`
    UPDATE fact_checkpoint SET (reading, after_xid, after_id, after_event) =
      (SELECT pg_current_snapshot()::text, xid, id, 2 FROM event_log WHERE kind = 'enriched' ORDER BY xid DESC LIMIT 1)`;
  expect((await ops.projections()).facts).toMatchObject({ rowsBehind: 1, eventsBehind: 1 });
});

test('a projection that stands still is behind by changes and seconds, and says why', async () => {
  await using world = await openReportWorld();
  const ops = await callerFor(world);
  await world.record([pageView(0)]);
  const { projections } = await ops.projections();
  expect(projections[0]).toMatchObject({ name: 'facts', state: 'running', changesBehind: 0, folded: 1 });
  expect(projections).toHaveLength(10);
  for (const one of projections)
    expect(one).toMatchObject({ state: 'running', changesBehind: 0, secondsBehind: 0, rebuild: null });
  const daily = async () => (await ops.projections()).projections.find(({ name }) => name === 'daily');
  await world.prisma.$executeRaw`
    UPDATE projections SET failed_at = now(), attempts = 5, last_error = 'out of order', change = change - 1,
      folded_at = now() - interval '1 hour' WHERE name = 'daily'`;
  await world.prisma.$executeRaw`UPDATE attribution SET updated_at = now() - interval '5 minutes'`;
  const failed = await daily();
  expect(failed).toMatchObject({ state: 'failed', changesBehind: 1, lastError: 'out of order' });
  // As old as what it does not hold, not as its last fold.
  expect(failed?.secondsBehind).toBeGreaterThanOrEqual(300);
  expect(failed?.secondsBehind).toBeLessThan(360);
  await world.prisma.$executeRaw`UPDATE projections SET failed_at = NULL WHERE name = 'daily'`;
  expect(await daily()).toMatchObject({ state: 'retrying' });
  await world.prisma.$executeRaw`UPDATE projections SET attempts = 0 WHERE name = 'daily'`;
  await world.prisma.$executeRaw`
    INSERT INTO projection_rebuilds (id, projection, version, phase, processed, total)
    VALUES (gen_random_uuid(), 'daily', 1, 'fold', 3, 12)`;
  expect(await daily()).toMatchObject({ state: 'rebuilding', rebuild: { phase: 'fold', processed: 3, total: 12 } });
});

test('how fast a projection folds follows from what it had folded when somebody last asked', async () => {
  await using world = await openReportWorld();
  const ops = await callerFor(world);
  const rates = async () => {
    const { projections } = await ops.projections();
    return ['facts', 'counts'].map((name) => projections.find((one) => one.name === name)?.perSecond);
  };
  await world.record([pageView(0)]);
  expect(await rates()).toEqual([null, null]);
  await world.record(Array.from({ length: 40 }, (_, n) => pageView(-n, OTHER_SESSION)));
  world.clock.now = new Date(world.clock.now.getTime() + 20_000);
  // 40 facts in one fold.
  expect(await rates()).toEqual([2, 0.05]);
  const alone = await callerFor(world, { redis: null });
  expect((await alone.projections()).projections[0]?.perSecond).toBeNull();
});

test('sizes of partitions and read models', async () => {
  await using world = await openReportWorld();
  await world.record(Array.from({ length: 50 }, (_, n) => pageView(-n)));
  await world.prisma.$executeRawUnsafe('ANALYZE site_counts');
  const months = Array.from({ length: 12 }, (_, n) => new Date(Date.UTC(2010, n)));
  await ensurePartitions(world.prisma, months);
  const ops = await callerFor(world);
  const { partitions, tables, databaseBytes } = await ops.storage();
  expect(partitions.length).toBeGreaterThanOrEqual(3 * 12);
  const full = partitions.find(({ name }) => name === 'events_2026_11');
  const empty = partitions.find(({ name }) => name === 'events_2010_01');
  expect(full).toMatchObject({ table: 'events', from: '2026-11-01T00:00:00.000Z' });
  expect(full?.bytes).toBeGreaterThan(empty?.bytes ?? 0);
  expect(full?.indexBytes).toBeLessThan(full?.bytes ?? 0);
  expect(empty?.rows).toBeNull();
  const names = tables.map(({ name }) => name);
  for (const name of ['site_counts', 'conversion_touches', 'event_log', 'fact_retractions'])
    expect(names).toContain(name);
  expect(tables.find(({ name }) => name === 'site_counts')).toMatchObject({
    projection: 'counts',
    rows: expect.any(Number),
  });
  expect(tables.find(({ name }) => name === 'event_log')).toMatchObject({ projection: null });
  expect(tables.map(({ bytes }) => bytes)).toEqual(tables.map(({ bytes }) => bytes).sort((a, b) => b - a));
  expect(databaseBytes).toBeGreaterThan(partitions.reduce((sum, { bytes }) => sum + bytes, 0));
});

test('query times are those of all processes; without Redis there are none, and it is said', async () => {
  await using world = await openReportWorld();
  const times = new QuestionTimes(world.redis);
  const ops = await callerFor(world);
  expect(await ops.queryTimes()).toEqual({ available: true, questions: [] });
  for (let ms = 1; ms <= 100; ms += 1) times.record('stats.overview', ms);
  times.record('stats.funnel', 900);
  const { questions } = await eventually(async () => {
    const answer = await ops.queryTimes();
    return answer.questions.find(({ question }) => question === 'stats.overview')?.count === 100 && answer;
  });
  expect(questions.at(-1)).toEqual({ question: 'stats.overview', count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
  expect(await (await callerFor(world, { redis: null })).queryTimes()).toEqual({ available: false, questions: [] });
  const away = connectRedis({ url: 'redis://127.0.0.1:1', prefix: 'away', name: 'away' });
  expect(await (await callerFor(world, { redis: away })).queryTimes()).toEqual({ available: false, questions: [] });
  away.disconnect();
});

test('percentiles are by nearest rank', () => {
  expect([0.5, 0.95, 1].map((share) => percentile([1, 2, 3], share))).toEqual([2, 3, 3]);
  expect(percentile([4], 0.5)).toBe(4);
  expect(percentile([], 0.5)).toBe(0);
});

test('nobody but admins gets in', async () => {
  await using world = await openReportWorld();
  for (const [role, code] of [
    ['user', 'FORBIDDEN'],
    [null, 'UNAUTHORIZED'],
  ] as const) {
    const ops = await callerFor(world, { role });
    for (const ask of [ops.overview, ops.storage, ops.projections, ops.queryTimes]) {
      await expect(ask()).rejects.toMatchObject({ code });
    }
  }
});
