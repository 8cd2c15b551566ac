import type { PrismaClient } from '@tallymark/prisma/client';
import {
  claimDueDay,
  lockSketchMonth,
  readDaySketches,
  readDayVisitors,
  saveSketch,
  settleDueDay,
} from '@tallymark/prisma/stores/visitor-sketches';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { HyperLogLog } from '../report/hyperloglog.ts';
import { pageView, store } from '../test-support/enrichment-world.ts';
import { LOG } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { foldProjection } from './fold-projection.ts';
import { visitorsProjection } from './projections/visitors.ts';
import { ProjectionService } from './service.ts';
import { buildVisitorSketches } from './visitor-sketches.ts';

const DAY = 24 * 60;
const NEXT_MONTH = new Date('2026-12-01T00:00:00.000Z');
const ALL = 1_000;

const visit = (minutes: number, visitorId: string) => pageView(minutes, { visitorId, sessionId: visitorId });

/** A world that knows its projections. */
async function openKnownWorld(): Promise<ReportWorld> {
  const world = await openReportWorld();
  await world.fold();
  return world;
}

/** As far as facts: visitors are counted by whoever tests it. */
async function recordFacts(world: ReportWorld, rows: ReturnType<typeof visit>[]): Promise<void> {
  await world.enrichment.enrichEvents(await store(world.prisma, rows));
  const { prisma, deps, clock } = world;
  await new ProjectionService({ prisma, plan: deps.plan, log: LOG, now: () => clock.now, projections: [] }).catchUp();
}

const countVisitors = (prisma: PrismaClient) => foldProjection(prisma, visitorsProjection, ALL);

/** Grain, first day and number of visitors that are no bots. */
async function sketches({ prisma }: ReportWorld) {
  const rows = await prisma.visitorSketch.findMany({
    where: { audience: 'people' },
    orderBy: [{ startsOn: 'asc' }, { grain: 'asc' }],
  });
  return rows.map(({ grain, startsOn, visitors }) => `${grain} ${startsOn.toISOString().slice(0, 10)}: ${visitors}`);
}

async function due({ prisma }: ReportWorld) {
  const rows = await prisma.visitorSketchDue.findMany({ orderBy: { startsOn: 'asc' } });
  return rows.map(({ startsOn }) => startsOn.toISOString().slice(0, 10));
}

const someoneWaits = (prisma: PrismaClient) =>
  vi.waitFor(async () => {
    const [row] = await prisma.$queryRaw<{ waiting: number }[]>`
      SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    expect(row?.waiting).toBe(1);
  });

test('a day is sketched once it is over, its month once all of its days are', async () => {
  await using world = await openKnownWorld();
  await world.record([
    visit(-DAY, 'a'),
    visit(-DAY + 30, 'b'),
    visit(-DAY + 45, 'a'),
    visit(-2 * DAY, 'a'),
    visit(0, 'c'),
  ]);
  expect(await sketches(world)).toEqual(['day 2026-11-13: 1', 'day 2026-11-14: 2']);
  expect(await due(world)).toEqual(['2026-11-15']);
  expect(await buildVisitorSketches(world.prisma, { now: NEXT_MONTH })).toEqual({ built: 2 });
  expect(await due(world)).toEqual([]);
  expect(await sketches(world)).toEqual([
    'month 2026-11-01: 3',
    'day 2026-11-13: 1',
    'day 2026-11-14: 2',
    'day 2026-11-15: 1',
  ]);
  expect(await buildVisitorSketches(world.prisma, { now: NEXT_MONTH })).toEqual({ built: 0 });
});

test('a change of a day has its sketch and that of its month made anew', async () => {
  await using world = await openKnownWorld();
  world.clock.now = NEXT_MONTH;
  await world.record([visit(-DAY, 'a'), visit(-2 * DAY, 'b')]);
  await recordFacts(world, [visit(-DAY, 'c')]);
  await countVisitors(world.prisma);
  expect(await due(world)).toEqual(['2026-11-14']);
  expect(await sketches(world)).toEqual(['day 2026-11-13: 1']);
  expect(await buildVisitorSketches(world.prisma, { now: NEXT_MONTH })).toEqual({ built: 2 });
  expect(await sketches(world)).toEqual(['month 2026-11-01: 3', 'day 2026-11-13: 1', 'day 2026-11-14: 2']);
});

test('days and months whose sketches got lost are found', async () => {
  await using world = await openKnownWorld();
  world.clock.now = NEXT_MONTH;
  await world.record([visit(-DAY, 'a'), visit(-2 * DAY, 'b')]);
  const made = await sketches(world);
  await world.prisma.visitorSketch.deleteMany();
  expect(await buildVisitorSketches(world.prisma, { now: NEXT_MONTH })).toEqual({ built: 3 });
  expect(await sketches(world)).toEqual(made);
});

test('a day that is being counted is left alone until it is', async () => {
  await using world = await openKnownWorld();
  await world.record([visit(-DAY, 'a')]);
  await recordFacts(world, [visit(-DAY + 1, 'b'), visit(-2 * DAY, 'c')]);
  await world.prisma.$transaction(async (tx) => {
    const [before, latest] = await Promise.all([changeOf(tx, 'visitors'), changeOf(tx, 'facts')]);
    await visitorsProjection.fold(tx, { after: before, upTo: latest, table: (name) => name });
    expect(await buildVisitorSketches(world.prisma, { now: world.clock.now })).toEqual({ built: 0 });
    await tx.projection.update({ where: { name: 'visitors' }, data: { change: latest } });
  });
  expect(await due(world)).toEqual(['2026-11-13', '2026-11-14']);
  expect(await buildVisitorSketches(world.prisma, { now: world.clock.now })).toEqual({ built: 2 });
  expect(await sketches(world)).toEqual(['day 2026-11-13: 1', 'day 2026-11-14: 2']);
});

test('who is counted while a sketch is being made is not lost: the day is on the list again', async () => {
  await using world = await openKnownWorld();
  await recordFacts(world, [visit(-DAY, 'a')]);
  await recordFacts(world, [visit(-DAY + 1, 'b')]);
  await foldProjection(world.prisma, visitorsProjection, 1);
  let counting: Promise<unknown> = Promise.resolve();
  await world.prisma.$transaction(
    async (tx) => {
      const day = await claimDueDay(tx, '2026-11-15');
      if (day === null) throw new Error('The day is not on the list.');
      counting = countVisitors(world.prisma);
      await someoneWaits(world.prisma);
      for (const { audience, hashes } of await readDayVisitors(tx, day)) {
        const sketch = new HyperLogLog().toBytes();
        await saveSketch(tx, { ...day, grain: 'day', audience, visitors: hashes.length / 8, sketch });
      }
      await settleDueDay(tx, day);
    },
    { timeout: 25_000 },
  );
  await counting;
  expect(await due(world)).toEqual(['2026-11-14']);
  expect(await sketches(world)).toEqual([]);
  await buildVisitorSketches(world.prisma, { now: world.clock.now });
  expect(await sketches(world)).toEqual(['day 2026-11-14: 2']);
});

test('a month made of a sketch that is made anew meanwhile does not outlive it', async () => {
  await using world = await openKnownWorld();
  await world.record([visit(-DAY, 'a')]);
  const month = { siteId: world.scope().siteId, startsOn: '2026-11-01' };
  let building: Promise<unknown> = Promise.resolve();
  await world.prisma.$transaction(
    async (tx) => {
      await lockSketchMonth(tx, month);
      const [former] = await readDaySketches(tx, month);
      if (!former) throw new Error('The day has no sketch.');
      await recordFacts(world, [visit(-DAY + 1, 'b')]);
      await countVisitors(world.prisma);
      building = buildVisitorSketches(world.prisma, { now: world.clock.now });
      await someoneWaits(world.prisma);
      const union = new HyperLogLog();
      union.merge(former.sketch);
      await saveSketch(tx, { ...month, grain: 'month', audience: 'people', visitors: 1, sketch: union.toBytes() });
    },
    { timeout: 25_000 },
  );
  await building;
  expect(await sketches(world)).toEqual(['day 2026-11-14: 2']);
  await buildVisitorSketches(world.prisma, { now: NEXT_MONTH });
  expect(await sketches(world)).toEqual(['month 2026-11-01: 2', 'day 2026-11-14: 2']);
});

test('several processes share the work', async () => {
  await using world = await openKnownWorld();
  await recordFacts(
    world,
    Array.from({ length: 10 }, (_, n) => visit(-(n + 1) * DAY, `v${n % 4}`)),
  );
  await countVisitors(world.prisma);
  const builders = [1, 2, 3].map(() => buildVisitorSketches(world.prisma, { now: NEXT_MONTH }));
  await Promise.all(builders);
  // What each found taken by another may be left for the next time.
  await buildVisitorSketches(world.prisma, { now: NEXT_MONTH });
  const days = Array.from({ length: 10 }, (_, n) => `day 2026-11-${String(n + 5).padStart(2, '0')}: 1`);
  expect(await sketches(world)).toEqual(['month 2026-11-01: 4', ...days]);
  expect(await due(world)).toEqual([]);
});

test('it stops when told to, and goes on the next time', async () => {
  await using world = await openKnownWorld();
  await recordFacts(world, [visit(-DAY, 'a')]);
  await countVisitors(world.prisma);
  const now = world.clock.now;
  expect(await buildVisitorSketches(world.prisma, { now, signal: AbortSignal.abort() })).toEqual({ built: 0 });
  expect(await buildVisitorSketches(world.prisma, { now })).toEqual({ built: 1 });
});

test('sketches are those of the visitors, in whatever order they are counted', async () => {
  await using world = await openKnownWorld();
  world.clock.now = NEXT_MONTH;
  const { prisma } = world;
  const visits = fc.array(fc.tuple(fc.integer({ min: -6 * DAY, max: 0 }), fc.integer({ min: 0, max: 9 })), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(visits, async (batch) => {
      await world.record(batch.map(([minutes, n]) => visit(minutes, `visitor ${n}`)));
      const rows = await prisma.visitorQuarter.findMany();
      const made = await prisma.visitorSketch.findMany({ where: { audience: 'people' } });
      for (const { grain, startsOn, visitors, sketch } of made) {
        const there = rows.filter(({ quarter }) => grain === 'month' || sameDay(quarter, startsOn));
        expect(Number(visitors)).toBe(new Set(there.map(({ visitor }) => visitor)).size);
        const direct = new HyperLogLog();
        for (const { visitor } of there) direct.add(visitor);
        expect(Buffer.from(sketch).equals(direct.toBytes())).toBe(true);
      }
      const days = new Set(rows.map(({ quarter }) => quarter.toISOString().slice(0, 10))).size;
      expect(made.length).toBe(days + (days > 0 ? 1 : 0));
    }),
    { numRuns: 8 },
  );
});

const sameDay = (a: Date, b: Date) => a.toISOString().slice(0, 10) === b.toISOString().slice(0, 10);

async function changeOf(tx: Pick<PrismaClient, 'projection'>, name: string): Promise<bigint> {
  return (await tx.projection.findUniqueOrThrow({ where: { name } })).change;
}
