import { baselineInput } from '@tallymark/contract/reports/baseline';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import { describe, expect, test } from 'vitest';
import { pageView } from '../test-support/enrichment-world.ts';
import { NOW } from '../test-support/ingestion-world.ts';
import { openReportWorld } from '../test-support/report-world.ts';
import { askBaseline } from './baseline.ts';
import { usualRange } from './usual-range.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ZONE = 'Europe/Berlin';
const WORLD_MS = 60_000;
const MONTHS = [8, 9, 10, 11].map((month) => new Date(Date.UTC(2026, month - 1)));

describe('usualRange', () => {
  test.each([
    [[10, 10, 10, 10], { low: 5, median: 10, high: 15 }],
    [[1, 2, 3], null],
    [[0, 0, 0, 0, 0], { low: 0, median: 0, high: 5 }],
    // Deviations from 100 are 20, 10, 0, 10, 20: their median is 10.
    [[80, 90, 100, 110, 120], { low: 100 - 4 * 14.826, median: 100, high: 100 + 4 * 14.826 }],
    // One that was unusual itself moves nothing.
    [[80, 90, 100, 110, 9_000], { low: 100 - 4 * 14.826, median: 100, high: 100 + 4 * 14.826 }],
    [[1, 3, 2, 2], { low: 0, median: 2, high: 7 }],
    [[10, 20], null],
    [[10, 11, 12, 13], { low: 5.5696, median: 11.5, high: 17.4304 }],
  ])('of %j is %j', (history, range) => {
    const found = usualRange(history);
    expect(found && round(found)).toEqual(range && round(range));
  });
});

const round = (range: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(range).map(([name, value]) => [name, Math.round(value * 1e6) / 1e6]));

const view = (at: number, n: number) =>
  pageView((at - NOW.getTime()) / 60_000, { visitorId: `visitor-${n % 50}`, sessionId: `session-${n}` });

type Unit = 'hour' | 'day';

const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, dateStyle: 'short', timeStyle: 'short' });

/** The wall clock's hour or day, as a key. */
const wall = (at: number, unit: Unit): string => clock.format(at).slice(0, unit === 'hour' ? 13 : 10);

/** Events by hour or day of the wall clock, one by one. */
function countsOf(times: readonly number[], unit: Unit): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const time of times) counts.set(wall(time, unit), (counts.get(wall(time, unit)) ?? 0) + 1);
  return counts;
}

/** The slow way: the same wall clock of each of the eight weeks before. */
function slowly(counts: ReadonlyMap<string, number>, start: number, unit: Unit) {
  const began = [...counts.keys()].sort()[0] ?? '';
  const past: number[] = [];
  for (let week = 1; week <= 8; week += 1) {
    const [date = '', hour] = wall(start, unit).split(' ');
    const then = new Date(`${date}T00:00:00Z`);
    then.setUTCDate(then.getUTCDate() - 7 * week);
    const day = then.toISOString().slice(0, 10);
    const key = hour === undefined ? day : `${day} ${hour}`;
    if (key >= began) past.push(counts.get(key) ?? 0);
  }
  return usualRange(past);
}

/** Of two hours a day for ten weeks, summer time ending in between; more on Saturdays; a rush and a silence in the last days. */
function history(): number[] {
  const times: number[] = [];
  for (let day = 70; day >= 1; day -= 1) {
    const noon = NOW.getTime() - day * DAY_MS;
    const busy = new Date(noon).getUTCDay() === 6 ? 12 : 4;
    for (const hour of [-3, -2]) {
      const count = day === 2 && hour === -3 ? 40 : day === 1 && hour === -2 ? 0 : busy + ((day * 7 + hour) % 4);
      for (let n = 0; n < count; n += 1) times.push(noon + hour * HOUR_MS + n * 1_000);
    }
  }
  return times;
}

test(
  'what is usual is what the slow way says, by the hour and by the day, also where clocks were changed',
  async () => {
    await using world = await openReportWorld();
    await ensurePartitions(world.prisma, MONTHS);
    const times = history();
    await world.record(times.map(view));
    const from = new Date(NOW.getTime() - 5 * DAY_MS);
    for (const unit of ['hour', 'day'] as const) {
      const scope = world.scope({ from, to: NOW, timeZone: ZONE });
      const { points } = await askBaseline(world.deps, scope, { metric: 'events', unit });
      const counts = countsOf(times, unit);
      expect(points.length).toBe(unit === 'hour' ? 120 : 6);
      for (const { start, usual, unusual } of points) {
        const at = Date.parse(start);
        const expected = slowly(counts, at, unit);
        expect(usual && round(usual), `${unit} ${start}`).toEqual(expected && round(expected));
        const count = counts.get(wall(at, unit)) ?? 0;
        const cut = at < from.getTime();
        const running = unit === 'day' && wall(at, 'day') === wall(NOW.getTime(), 'day');
        const outside =
          !expected || cut ? null : count > expected.high ? 'above' : count < expected.low && !running ? 'below' : null;
        expect(unusual, `${unit} ${start}`).toBe(outside);
      }
      expect(points.map(({ unusual }) => unusual).filter(Boolean)).toContain('above');
    }
  },
  WORLD_MS,
);

test(
  'a silence is told once its hour is over, and nothing is usual after three weeks',
  async () => {
    await using world = await openReportWorld();
    await ensurePartitions(world.prisma, MONTHS);
    const hours = Array.from({ length: 6 }, (_, week) => NOW.getTime() - (week + 1) * 7 * DAY_MS - 30 * 60_000);
    const rows = hours.flatMap((at) => Array.from({ length: 20 }, (_, n) => at + n * 1_000));
    await world.record(rows.map(view));
    const ask = async (from: number, to: number) => {
      const scope = world.scope({ from: new Date(from), to: new Date(to), timeZone: 'UTC' });
      return (await askBaseline(world.deps, scope, { metric: 'page_views', unit: 'hour' })).points;
    };
    const hour = NOW.getTime() - HOUR_MS;
    const quiet = { usual: { low: 15, median: 20, high: 25 }, unusual: 'below' };
    expect(await ask(hour, NOW.getTime())).toEqual([{ start: new Date(hour).toISOString(), ...quiet }]);
    world.clock.now = new Date(NOW.getTime() - 10 * 60_000);
    expect(await ask(hour, NOW.getTime())).toMatchObject([{ unusual: null }]);
    world.clock.now = NOW;
    const early = hour - 3 * 7 * DAY_MS;
    expect(await ask(early, early + HOUR_MS)).toEqual([
      { start: new Date(early).toISOString(), usual: null, unusual: null },
    ]);
  },
  WORLD_MS,
);

test('visitors have one by day only, and the input says so', () => {
  const period = { from: '2026-11-01T00:00:00Z', to: '2026-11-08T00:00:00Z' };
  expect(baselineInput.safeParse({ ...period, metric: 'visitors', unit: 'hour' }).error?.issues).toMatchObject([
    { path: ['unit'], message: expect.stringContaining('unit "day"') },
  ]);
  expect(baselineInput.safeParse({ ...period, metric: 'visitors', unit: 'day' }).success).toBe(true);
});
