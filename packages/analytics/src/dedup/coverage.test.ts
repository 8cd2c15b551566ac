import { expect, test } from 'vitest';
import { hoursToCover } from './coverage.ts';

const NOW = new Date('2026-11-15T02:00:00.000Z');
const ago = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000);
const run = (from: number, doneTo: number | null) => ({
  from: ago(from),
  doneTo: doneTo === null ? null : ago(doneTo),
});

test.each([
  ['before the first run, the usual hours', [], 26],
  ['after a run each night, the usual hours', [run(50, 24), run(74, 48)], 26],
  ['after a night that was missed, as far as the last one came', [run(74, 48)], 48.1],
  ['after a night that was killed half-way, from where it was', [run(50, 40), run(74, 48)], 40.1],
  ['a night that never began a window is none', [run(50, null), run(74, 48)], 48.1],
  ['a short run by hand does not stand in for what lies before it', [run(3, 2), run(74, 48)], 48.1],
  ['one that reaches back far enough does', [run(60, 2), run(74, 48)], 26],
  ['never more than a year', [run(20_000, 19_000)], 8_760],
])('%s', (_name, runs, hours) => {
  expect(hoursToCover(runs, NOW, 26)).toBeCloseTo(hours, 5);
});
