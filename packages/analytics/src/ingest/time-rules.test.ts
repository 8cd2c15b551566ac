import { expect, test } from 'vitest';
import { retentionFloor } from './time-rules.ts';

test.each([
  ['2026-11-15T12:34:56.789Z', { months: 12 }, '2025-11-15T12:34:56.789Z'],
  ['2026-11-15T12:00:00.000Z', { days: 30 }, '2026-10-16T12:00:00.000Z'],
  // Months without such a day end earlier; the floor never runs ahead.
  ['2027-03-31T00:00:00.000Z', { months: 13 }, '2026-02-28T00:00:00.000Z'],
  ['2027-04-01T00:00:00.000Z', { months: 13 }, '2026-03-01T00:00:00.000Z'],
  ['2028-03-31T00:00:00.000Z', { months: 1 }, '2028-02-29T00:00:00.000Z'],
  ['2028-02-29T00:00:00.000Z', { months: 12 }, '2027-02-28T00:00:00.000Z'],
])('at %s with %j the floor is %s', (now, retention, floor) => {
  expect(retentionFloor(new Date(now), retention).toISOString()).toBe(floor);
});
