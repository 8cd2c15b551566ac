import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextTurn } from './job-schedule.ts';

const NIGHTLY = '0 2 * * *';
const DAY_MS = 86_400_000;
/** Clocks change by an hour, at two, at three, at midnight, and never. */
const ZONES = ['America/New_York', 'Europe/Berlin', 'America/Santiago', 'Asia/Beirut', 'Asia/Kolkata', 'UTC'];

const dayIn = (timeZone: string, time: Date) =>
  Date.parse(new Intl.DateTimeFormat('en-CA', { timeZone }).format(time)) / DAY_MS;

test('a nightly job has one turn a local day, also where two o’clock comes twice or not at all', () => {
  const start = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(start, fc.constantFrom(...ZONES), (after, timeZone) => {
      const turn = nextTurn({ pattern: NIGHTLY, timeZone }, after);
      const next = nextTurn({ pattern: NIGHTLY, timeZone }, turn);
      expect(turn.getTime()).toBeGreaterThan(after.getTime());
      expect(dayIn(timeZone, next)).toBe(dayIn(timeZone, turn) + 1);
    }),
  );
});

test('both nights of a change of the clocks in Berlin', () => {
  const schedule = { pattern: NIGHTLY, timeZone: 'Europe/Berlin' };
  expect(nextTurn(schedule, new Date('2026-03-28T12:00:00Z'))).toEqual(new Date('2026-03-29T01:00:00Z'));
  expect(nextTurn(schedule, new Date('2026-10-24T12:00:00Z'))).toEqual(new Date('2026-10-25T00:00:00Z'));
  expect(nextTurn(schedule, new Date('2026-10-25T00:00:00Z'))).toEqual(new Date('2026-10-26T01:00:00Z'));
});

test('goes on where the clocks change by half an hour', () => {
  const schedule = { pattern: NIGHTLY, timeZone: 'Australia/Lord_Howe' };
  const before = new Date('2026-10-03T12:00:00Z');
  expect(nextTurn(schedule, before).getTime() - before.getTime()).toBeLessThan(2 * DAY_MS);
});

test.each([
  ['an hour there is not', { pattern: '0 25 * * *', timeZone: 'UTC' }],
  ['a word', { pattern: 'nightly at two o clock', timeZone: 'UTC' }],
  ['30 February', { pattern: '0 0 30 2 *', timeZone: 'UTC' }],
  ['an unknown time zone', { pattern: NIGHTLY, timeZone: 'Mars/Olympus' }],
  ['no interval', { everyMs: 0 }],
  ['half a millisecond', { everyMs: 0.5 }],
])('is refused: %s', (_, schedule) => {
  expect(() => nextTurn(schedule, new Date('2026-11-15T12:00:00Z'))).toThrow();
});
