import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutPeriod, cutQuarters, DAY_MS, type Period, QUARTER_MS } from './cut-period.ts';

const at = (text: string) => new Date(text);
const shown = (periods: readonly Period[]) => periods.map(({ from, to }) => [from.toISOString(), to.toISOString()]);

test('a long period is whole months, whole days around them and a rest at each end', () => {
  const { months, days, rests } = cutPeriod(at('2026-01-30T10:00:00.000Z'), at('2026-05-02T00:00:00.001Z'));
  expect(shown(months)).toEqual([['2026-02-01T00:00:00.000Z', '2026-05-01T00:00:00.000Z']]);
  expect(shown(days)).toEqual([
    ['2026-01-31T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
    ['2026-05-01T00:00:00.000Z', '2026-05-02T00:00:00.000Z'],
  ]);
  expect(shown(rests)).toEqual([
    ['2026-01-30T10:00:00.000Z', '2026-01-31T00:00:00.000Z'],
    ['2026-05-02T00:00:00.000Z', '2026-05-02T00:00:00.001Z'],
  ]);
});

test('a whole leap month is one month; a period without a whole day is one rest; an empty one is nothing', () => {
  const leap = { from: at('2024-02-01T00:00:00Z'), to: at('2024-03-01T00:00:00Z') };
  expect(cutPeriod(leap.from, leap.to)).toEqual({ months: [leap], days: [], rests: [] });
  const night = { from: at('2026-05-01T12:00:00Z'), to: at('2026-05-02T12:00:00Z') };
  expect(cutPeriod(night.from, night.to)).toEqual({ months: [], days: [], rests: [night] });
  expect(cutPeriod(night.to, night.from)).toEqual({ months: [], days: [], rests: [] });
  expect(cutPeriod(night.to, night.to)).toEqual({ months: [], days: [], rests: [] });
});

const firstOfMonth = (date: Date) => date.toISOString().endsWith('-01T00:00:00.000Z');
const midnight = (date: Date) => date.toISOString().endsWith('T00:00:00.000Z');
const onQuarter = (date: Date) => date.getTime() % QUARTER_MS === 0;

/** Borders of months, days and quarters as often as any other time; before 1970 too. */
const time = fc
  .tuple(
    fc.date({ min: at('1960-01-01T00:00:00Z'), max: at('2060-01-01T00:00:00Z'), noInvalidDate: true }),
    fc.constantFrom(1, QUARTER_MS, DAY_MS, 0),
  )
  .map(([date, unit]) =>
    unit === 0
      ? new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth()))
      : new Date(Math.floor(date.getTime() / unit) * unit),
  );
const period = fc
  .tuple(time, time, fc.integer({ min: 1, max: 100 * DAY_MS }), fc.boolean())
  .map(([a, b, length, near]) => ({ from: a, to: near ? new Date(a.getTime() + length) : b }))
  .map(({ from, to }) => (from <= to ? { from, to } : { from: to, to: from }));

function expectTiling(pieces: readonly Period[], { from, to }: Period): void {
  const sorted = [...pieces].sort((a, b) => a.from.getTime() - b.from.getTime());
  for (const piece of sorted) expect(piece.from < piece.to).toBe(true);
  const borders = [from, ...sorted.map((piece) => piece.to)];
  if (from < to) expect(borders.at(-1)).toEqual(to);
  expect(sorted.map((piece) => piece.from)).toEqual(borders.slice(0, sorted.length));
}

test('pieces tile the period, lie on their borders, and are as coarse as they can be', () => {
  fc.assert(
    fc.property(period, ({ from, to }) => {
      const { months, days, rests } = cutPeriod(from, to);
      expectTiling([...months, ...days, ...rests], { from, to });
      expect(months.flatMap((run) => [run.from, run.to]).every(firstOfMonth)).toBe(true);
      expect(days.flatMap((run) => [run.from, run.to]).every(midnight)).toBe(true);
      // No whole month is left among the days, no whole day among the rests.
      for (const run of days) expect(wholeWithin(run, nextMonth)).toBe(false);
      for (const rest of rests) expect(wholeWithin(rest, nextDay)).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test('quarters of an hour, the same', () => {
  fc.assert(
    fc.property(period, (whole) => {
      const { quarters, rests } = cutQuarters(whole);
      expectTiling([...quarters, ...rests], whole);
      expect(quarters.flatMap((run) => [run.from, run.to]).every(onQuarter)).toBe(true);
      for (const rest of rests) expect(rest.to.getTime() - rest.from.getTime()).toBeLessThan(2 * QUARTER_MS);
    }),
  );
});

const nextDay = (date: Date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + 1));
const nextMonth = (date: Date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1));

/** Whether a whole unit lies in the period. */
function wholeWithin({ from, to }: Period, next: (date: Date) => Date): boolean {
  const start = next(new Date(from.getTime() - 1));
  return next(start) <= to;
}
