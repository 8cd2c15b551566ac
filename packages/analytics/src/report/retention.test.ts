import type { FilterCondition } from '@tallymark/contract/reports/filter';
import { retentionInput } from '@tallymark/contract/reports/retention';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NOW } from '../test-support/ingestion-world.ts';
import { groupBy, inScope, journeyEvents, recordJourneys, type StoredEvent } from '../test-support/journey-history.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { ReportDatabase } from './report-database.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { askRetention } from './retention.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const at = (days: number, minutes = 0) => new Date(NOW.getTime() + days * DAY_MS + minutes * MINUTE_MS);

/** Around midnights of several zones, the end of summer time, weeks, months, the present, and 90 days before periods. */
const MINUTES = [-130, -120, -91, -90, -50, -45, -31, -30, -22, -21, -15, -14, -8, -7, -3, -2, -1, 0, 1].flatMap(
  (days) => [0, 7, 8, 375, 660, 719, 720, 731].map((minutes) => days * 1_440 + minutes),
);
const ON_A = { field: 'page', op: 'is', value: '/a' } as const;
const question = fc.record({
  // Some periods begin and end within a quarter of an hour.
  from: fc.constantFrom(at(-45), at(-31, 7), at(-31, 7.5), at(-15, 660), at(-40, 375)),
  to: fc.constantFrom(at(0), at(0, 8), at(-2, 731), at(1), at(5)),
  unit: fc.constantFrom('day' as const, 'week' as const, 'month' as const),
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/New_York'),
  bots: fc.constantFrom('include' as const, 'exclude' as const, 'only' as const),
  startEvent: fc.constantFrom(undefined, undefined, 'page_viewed'),
  returnEvent: fc.constantFrom(undefined, undefined, 'page_viewed', 'cta_clicked'),
  newVisitorsOnly: fc.boolean(),
  filter: fc.constantFrom<FilterCondition[]>([], [], [ON_A]),
});
type Question = typeof question extends fc.Arbitrary<infer Asked> ? Asked : never;

let world: ReportWorld;
beforeAll(async () => {
  world = await openReportWorld();
  await ensurePartitions(
    world.prisma,
    [0, 16, 30, 60, 90, 120, 135].map((days) => at(-days)),
  );
  world.clock.now = at(0, 400);
});
afterAll(() => world[Symbol.asyncDispose]());

const formats = new Map<string, Intl.DateTimeFormat>();
function dayIn(timeZone: string): Intl.DateTimeFormat {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  formats.set(timeZone, format);
  return format;
}

/** The first local day of the unit that a time lies in, such as 2026-11-09. */
function unitOf(time: number, { unit, timeZone }: Pick<Question, 'unit' | 'timeZone'>): string {
  const day = dayIn(timeZone).format(time);
  if (unit === 'month') return `${day.slice(0, 7)}-01`;
  const weekday = (new Date(day).getUTCDay() + 6) % 7;
  return unit === 'day' ? day : new Date(Date.parse(day) - weekday * DAY_MS).toISOString().slice(0, 10);
}

/** The units of a period, found by walking through it. */
function unitsOf(from: number, to: number, asked: Question): string[] {
  const units = new Set<string>();
  for (let time = from; time < to; time += DAY_MS / 4) units.add(unitOf(time, asked));
  units.add(unitOf(to - 1, asked));
  return [...units].sort();
}

function slowRetention(stored: readonly StoredEvent[], scope: QuestionScope, asked: Question) {
  const to = new Date(Math.min(scope.to.getTime(), world.clock.now.getTime()));
  const units = unitsOf(scope.from.getTime(), to.getTime(), asked);
  const numberOf = (event: StoredEvent) => units.indexOf(unitOf(event.at, asked));
  const within = inScope(stored, { ...scope, to }).filter(({ page }) => asked.filter.length === 0 || page === '/a');
  const before = inScope(stored, { ...scope, from: new Date(scope.from.getTime() - 90 * DAY_MS), to: scope.from });
  const seen = new Set(before.map(({ visitor }) => visitor));
  const columns = Math.min(31, units.length);
  const cohorts = units.map((_, unit) => ({
    visitors: 0,
    returned: Array.from({ length: columns }, (_, column): number | null => (unit + column < units.length ? 0 : null)),
  }));
  for (const [visitor, own] of groupBy(within, (event) => event.visitor)) {
    const first = own.find(({ type }) => type === (asked.startEvent ?? type));
    if (first === undefined || (asked.newVisitorsOnly && seen.has(visitor))) continue;
    const returns = own.filter((event) => event.at >= first.at && event.type === (asked.returnEvent ?? event.type));
    const cohort = cohorts[numberOf(first)];
    if (cohort === undefined) throw new Error('an event is in none of the units');
    cohort.visitors += 1;
    for (const column of new Set(returns.map((event) => numberOf(event) - numberOf(first)))) {
      if (column < columns) cohort.returned[column] = (cohort.returned[column] ?? 0) + 1;
    }
  }
  const average = Array.from({ length: columns }, (_, column) => {
    const begun = cohorts.filter((_, unit) => unit + column < units.length);
    const visitors = begun.reduce((sum, cohort) => sum + cohort.visitors, 0);
    return visitors === 0 ? null : begun.reduce((sum, { returned }) => sum + (returned[column] ?? 0), 0) / visitors;
  });
  return { units, cohorts, average };
}

test('cohorts and who returned are what nested loops over the events find', async () => {
  await fc.assert(
    fc.asyncProperty(
      journeyEvents(MINUTES, 60),
      fc.array(question, { minLength: 8, maxLength: 16 }),
      async (history, questions) => {
        const { siteId, stored } = await recordJourneys(world, history);
        for (const asked of questions) {
          const { from, to, timeZone, bots, filter } = asked;
          const scope = world.scope({ siteId, from, to, timeZone, bots, filter });
          const { cohorts, average } = await askRetention(world.deps, scope, asked);
          const slow = slowRetention(stored, scope, asked);
          expect(cohorts.map(({ start: _start, ...counts }) => counts)).toEqual(slow.cohorts);
          expect(average).toEqual(slow.average);
          const starts = cohorts.map(({ start }) => Date.parse(start));
          expect(starts.map((start) => unitOf(start, asked))).toEqual(slow.units);
          for (const start of starts) expect(unitOf(start - 1, asked)).not.toBe(unitOf(start, asked));
        }
      },
    ),
    { numRuns: 5 },
  );
});

const asked = retentionInput.parse({ from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z', unit: 'day' });

const seen = (minutes: number, visitor: string, eventType = 'page_viewed') => ({
  minutes,
  visitor: visitor as never,
  kind: {
    eventType,
    schemaVersion: eventType === 'page_viewed' ? 2 : 1,
    propsJson: { path: '/', ctaId: 'x' },
  } as never,
  session: null,
  campaign: null,
  bot: false,
});

test('what came before the first event of the cohort is no return', async () => {
  const { siteId } = await recordJourneys(world, [
    seen(-20, 'early', 'cta_clicked'),
    seen(-10, 'early'),
    seen(-1_450, 'late'),
    seen(-1_449, 'late', 'cta_clicked'),
    seen(-9, 'late', 'cta_clicked'),
  ]);
  const scope = world.scope({ siteId, from: new Date('2026-11-14T00:00:00Z'), to: NOW });
  const { cohorts } = await askRetention(world.deps, scope, {
    ...asked,
    startEvent: 'page_viewed',
    returnEvent: 'cta_clicked',
  });
  expect(cohorts.map(({ visitors, returned }) => [visitors, returned])).toEqual([
    [1, [1, 1]],
    [1, [0, null]],
  ]);
});

test('whoever was there 90 days before the period is not new, and whoever was there earlier is', async () => {
  const ago = -90 * 1_440;
  const { siteId } = await recordJourneys(world, [
    ...['first', 'known', 'back'].map((visitor, n) => seen(n, visitor)),
    seen(ago, 'known'),
    seen(ago - 1, 'back'),
  ]);
  const scope = world.scope({ siteId, from: NOW });
  const sizes = async (newVisitorsOnly: boolean, more: object = {}) => {
    const { cohorts } = await askRetention(world.deps, scope, { ...asked, newVisitorsOnly, ...more });
    return cohorts.map(({ visitors }) => visitors);
  };
  expect(await sizes(false)).toEqual([3]);
  expect(await sizes(true)).toEqual([2]);
  expect(await sizes(true, { startEvent: 'page_viewed' })).toEqual([2]);
});

test('a day that a zone left out is none, and days begin at midnight again behind a missing one', async () => {
  world.clock.now = new Date('2026-11-15T12:00:00Z');
  const startsIn = async (timeZone: string, from: string, to: string) => {
    const scope = world.scope({ timeZone, from: new Date(from), to: new Date(to) });
    return (await askRetention(world.deps, scope, asked)).cohorts.map(({ start }) => start);
  };
  // Samoa went from 29 December 2011 to the 31st.
  expect(await startsIn('Pacific/Apia', '2011-12-29T10:00:00Z', '2012-01-01T10:00:00Z')).toEqual([
    '2011-12-29T10:00:00.000Z',
    '2011-12-30T10:00:00.000Z',
    '2011-12-31T10:00:00.000Z',
  ]);
  // In São Paulo, 4 November 2018 began at one o'clock.
  expect(await startsIn('America/Sao_Paulo', '2018-11-03T12:00:00Z', '2018-11-06T00:00:00Z')).toEqual([
    '2018-11-03T03:00:00.000Z',
    '2018-11-04T03:00:00.000Z',
    '2018-11-05T02:00:00.000Z',
  ]);
});

test('62 units are answered, one more is not', async () => {
  const days = (count: number) =>
    askRetention(world.deps, world.scope({ from: at(-count), to: at(0), timeZone: 'Etc/GMT+12' }), asked);
  expect((await days(62)).cohorts).toHaveLength(62);
  await expect(days(63)).rejects.toMatchObject({ code: 'invalid_period', message: expect.stringContaining('week') });
  await expect(days(3_000)).rejects.toMatchObject({ code: 'invalid_period' });
});

test('a period that has not begun has no cohorts', async () => {
  const scope = world.scope({ from: at(2), to: at(3) });
  expect(await askRetention(world.deps, scope, asked)).toMatchObject({ cohorts: [], average: [] });
});

test('retention that would read too much is refused', async () => {
  const reports = new ReportDatabase({ prisma: world.prisma, maxRows: 0 });
  const refused = askRetention({ ...world.deps, reports }, world.scope({ from: at(-20) }), asked);
  await expect(refused).rejects.toMatchObject({ code: 'too_expensive' });
});
