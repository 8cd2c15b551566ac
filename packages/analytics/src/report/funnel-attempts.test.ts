import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestAttempt } from './funnel-attempts.ts';

const STEPS = 4;

/** Facts in order; each is any number of steps, the later ones first. */
const facts = fc.array(
  fc.record({ pause: fc.integer({ min: 0, max: 3 }), steps: fc.subarray([3, 2, 1, 0], { minLength: 1 }) }),
  { maxLength: 12 },
);

interface Row {
  readonly time: number;
  readonly step: number;
  readonly fact: number;
}

function rowsOf(history: readonly { pause: number; steps: number[] }[]): Row[] {
  let time = 0;
  return history.flatMap(({ pause, steps }, fact) => {
    time += pause;
    return steps.map((step) => ({ time, step, fact }));
  });
}

/** Tries every way there is. */
function furthest(rows: readonly Row[], window: number): number {
  const from = (begin: Row, last: Row, next: number): number =>
    Math.max(
      next,
      ...rows
        .filter(({ fact, step, time }) => fact > last.fact && step === next && time - begin.time <= window)
        .map((row) => from(begin, row, next + 1)),
    );
  return Math.max(0, ...rows.filter(({ step }) => step === 0).map((row) => from(row, row, 1)));
}

/** The rule as it is said: every first step, the earliest next one, the first of those that go furthest. */
function bestByRule(rows: readonly Row[], window: number): number[] {
  let best: number[] = [];
  for (const begin of rows.filter(({ step }) => step === 0)) {
    const taken = [begin];
    for (let step = 1; step < STEPS; step += 1) {
      const last = taken.at(-1) ?? begin;
      const next = rows.find((row) => row.fact > last.fact && row.step === step);
      if (next === undefined || next.time - begin.time > window) break;
      taken.push(next);
    }
    if (taken.length > best.length) best = taken.map(({ time }) => time);
  }
  return best;
}

test('a visitor goes as far as there is any way to go, by the first of the best attempts', () => {
  fc.assert(
    fc.property(facts, fc.integer({ min: 0, max: 12 }), (history, window) => {
      const rows = rowsOf(history);
      const taken = { times: rows.map(({ time }) => time), steps: rows.map(({ step }) => step) };
      const attempt = bestAttempt(taken, STEPS, window);
      expect(attempt?.reached.length ?? 0).toBe(furthest(rows, window));
      expect(attempt?.reached ?? []).toEqual(bestByRule(rows, window));
      if (attempt) expect(rows[attempt.begins]).toMatchObject({ step: 0, time: attempt.reached[0] });
    }),
    { numRuns: 2_000 },
  );
});

test('a later attempt reaches what an earlier one is too late for', () => {
  expect(bestAttempt({ times: [0, 90, 100], steps: [0, 0, 1] }, 2, 20)).toEqual({ begins: 1, reached: [90, 100] });
});

test('a visitor who never takes the first step makes no attempt', () => {
  expect(bestAttempt({ times: [1, 2], steps: [1, 2] }, 3, 10)).toBeNull();
});
