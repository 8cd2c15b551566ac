import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageView } from '../test-support/enrichment-world.ts';
import { NOW } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { countVisitors, countVisitorsByBucket } from './count-visitors.ts';
import type { Period } from './cut-period.ts';
import { ReportDatabase } from './report-database.ts';
import type { QuestionScope } from './resolve-scope.ts';

const DAY = 24 * 60;
const DAY_MS = DAY * 60_000;
const DAYS = 130;
const VISITORS = 12;
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

/** Which visitor was where, when: pseudo-random, the same in every run. */
const VISITS = Array.from({ length: 260 }, (_, n) => ({
  minutes: -((n * 7_919 * 13) % (DAYS * DAY)) + (n % 3) / 7,
  visitor: `visitor ${(n * 7 + (n >> 3)) % VISITORS}`,
  bot: n % 5 === 0,
  path: n % 2 === 0 ? '/even' : '/odd',
}));

let world: ReportWorld;

beforeAll(async () => {
  world = await openReportWorld();
  await ensurePartitions(
    world.prisma,
    [0, 30, 60, 90, 120, DAYS].map((days) => at(-days * DAY)),
  );
  // Days behind this have no sketches; the months before it do.
  world.clock.now = at(-20 * DAY);
  await world.record(
    VISITS.map(({ minutes, visitor, bot, path }, n) =>
      pageView(minutes, {
        visitorId: visitor,
        sessionId: `s${n}`,
        propsJson: { path },
        ...(bot && { userAgent: BOT }),
      }),
    ),
  );
});
afterAll(() => world[Symbol.asyncDispose]());

const inBots = (bots: QuestionScope['bots'], bot: boolean) => bots === 'include' || (bots === 'only') === bot;

function reference({ from, to }: Period, bots: QuestionScope['bots'], path?: string): number {
  const seen = VISITS.filter(
    (visit) =>
      at(visit.minutes) >= from && at(visit.minutes) < to && inBots(bots, visit.bot) && (!path || visit.path === path),
  );
  return new Set(seen.map(({ visitor }) => visitor)).size;
}

/** Where even these visits are too many to be counted one by one. */
const sketching = () => new ReportDatabase({ prisma: world.prisma, exactVisits: 0 });

const ask = (more: Partial<QuestionScope>, reports = world.deps.reports) =>
  reports.answer('visitors', (db) => countVisitors(db, world.scope(more)));
const askByBucket = (buckets: readonly Period[], more: Partial<QuestionScope> = {}, reports = world.deps.reports) =>
  reports.answer('visitors', (db) => countVisitorsByBucket(db, world.scope(more), buckets));

const bots = fc.constantFrom('include' as const, 'exclude' as const, 'only' as const);
const minute = fc.integer({ min: -(DAYS + 5) * DAY, max: DAY });
const moment = fc
  .tuple(minute, fc.constantFrom(DAY, 15, 1))
  .map(([time, unit]) => at(Math.floor(time / unit) * unit - 12 * 60));
const period = fc
  .tuple(moment, moment)
  .filter(([a, b]) => a.getTime() !== b.getTime())
  .map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a }));

test('any period, however it is cut, has as many visitors as the events in it', async () => {
  await fc.assert(
    fc.asyncProperty(period, bots, async (asked, kind) => {
      const value = reference(asked, kind);
      expect(await ask({ ...asked, bots: kind })).toEqual({ value, error: null });
      const sketched = await ask({ ...asked, bots: kind }, sketching());
      // So few are estimated to the last one.
      expect(sketched.value).toBe(value);
      if (asked.to.getTime() - asked.from.getTime() < DAY_MS) expect(sketched.error).toBeNull();
    }),
    { numRuns: 60 },
  );
});

test('many visits are put together of sketches, and the figure says so', async () => {
  const asked = { from: at(-DAYS * DAY), to: at(DAY) };
  expect(await world.prisma.visitorSketch.count({ where: { grain: 'month' } })).toBeGreaterThan(2);
  expect(await ask(asked, sketching())).toEqual({
    value: VISITORS,
    error: { standard: expect.closeTo(VISITORS * 0.0081, 2), reason: 'sketch' },
  });
});

test('with a filter, it is the visitors of the events that meet it, exactly', async () => {
  await fc.assert(
    fc.asyncProperty(period, bots, async (asked, kind) => {
      const filter = [{ field: 'page', op: 'is', value: '/odd' } as const];
      expect(await ask({ ...asked, bots: kind, filter })).toEqual({
        value: reference(asked, kind, '/odd'),
        error: null,
      });
    }),
    { numRuns: 20 },
  );
});

/** Buckets in order, with gaps and without; of minutes, quarters, days and many days. */
const buckets = fc
  .tuple(
    minute,
    fc.constantFrom(1, 7, 15, 60, DAY),
    fc.array(fc.record({ gap: fc.integer({ min: 0, max: 2 }), length: fc.integer({ min: 1, max: 40 }) }), {
      minLength: 1,
      maxLength: 30,
    }),
  )
  .map(([start, unit, lengths]) => {
    let time = Math.floor(start / unit) * unit - 12 * 60;
    return lengths.map(({ gap, length }) => {
      const from = at(time + gap * unit);
      time += (gap + length) * unit;
      return { from, to: at(time) };
    });
  });

test('every bucket has as many visitors as the events in it', async () => {
  await fc.assert(
    fc.asyncProperty(buckets, bots, fc.boolean(), async (asked, kind, filtered) => {
      const filter = filtered ? [{ field: 'page', op: 'is', value: '/odd' } as const] : [];
      const expected = asked.map((bucket) => reference(bucket, kind, filtered ? '/odd' : undefined));
      const figures = await askByBucket(asked, { bots: kind, filter });
      expect(figures).toEqual(expected.map((value) => ({ value, error: null })));
      const sketched = await askByBucket(asked, { bots: kind, filter }, sketching());
      expect(sketched.map(({ value }) => value)).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

test('days are exact where there is a sketch of each; months are estimates', async () => {
  const start = Date.UTC(2026, 6, 20);
  const days = Array.from({ length: 110 }, (_, n) => ({
    from: new Date(start + n * DAY_MS),
    to: new Date(start + (n + 1) * DAY_MS),
  }));
  for (const kind of ['include', 'exclude', 'only'] as const) {
    const figures = await askByBucket(days, { bots: kind }, sketching());
    expect(figures).toEqual(days.map((day) => ({ value: reference(day, kind), error: null })));
  }
  const months = [7, 8, 9, 10].map((month) => ({
    from: new Date(Date.UTC(2026, month)),
    to: new Date(Date.UTC(2026, month + 1)),
  }));
  const figures = await askByBucket(months, {}, sketching());
  expect(figures.map(({ value }) => value)).toEqual(months.map((month) => reference(month, 'include')));
  expect(figures[0]?.error?.reason).toBe('sketch');
});

test('no buckets, and a period of nothing', async () => {
  expect(await askByBucket([])).toEqual([]);
  expect(await ask({ from: NOW, to: NOW })).toEqual({ value: 0, error: null });
});

test('a sketch that is not right any more is not used, nor is that of its month', async () => {
  const { prisma } = world;
  const { siteId } = world.scope();
  const quarter = new Date('2026-09-10T10:00:00.000Z');
  const asked = { from: at(-DAYS * DAY), to: at(DAY) };
  const before = (await ask(asked, sketching())).value;
  const late = { siteId, quarter, isBot: false, visitor: 123_456_789_012_345_678n, stored: 1n };
  await prisma.visitorQuarter.create({ data: late });
  const due = { siteId, startsOn: new Date('2026-09-10') };
  // What is not known to have changed is not looked at: this is what makes the list needed.
  expect((await ask(asked, sketching())).value).toBe(before);
  await prisma.visitorSketchDue.create({ data: due });
  try {
    expect((await ask(asked, sketching())).value).toBe(before + 1);
  } finally {
    await prisma.visitorQuarter.deleteMany({ where: { visitor: late.visitor } });
    await prisma.visitorSketchDue.deleteMany({ where: due });
  }
});
