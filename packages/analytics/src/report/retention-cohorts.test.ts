import { RETENTION_UNITS } from '@tallymark/contract/reports/retention';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countCohorts } from './retention-cohorts.ts';

const UNITS = Array.from({ length: RETENTION_UNITS }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day)));

/** Units that a visitor was there in; the first is that of the cohort. */
const visitors = fc.array(
  fc.uniqueArray(fc.integer({ min: 0, max: RETENTION_UNITS - 1 }), { minLength: 1, maxLength: 6 }),
  { maxLength: 20 },
);

function pack(all: readonly number[][]): Uint8Array {
  const view = new DataView(new ArrayBuffer(all.length * 12));
  all.forEach((units, n) => {
    view.setInt32(n * 12, Math.min(...units));
    view.setBigInt64(
      n * 12 + 4,
      units.reduce((bits, unit) => bits | (1n << BigInt(unit)), 0n),
    );
  });
  return new Uint8Array(view.buffer);
}

test('every bit is counted in the column of its unit', () => {
  fc.assert(
    fc.property(visitors, (all) => {
      const slow = UNITS.map((start, unit) => {
        const own = all.filter((units) => Math.min(...units) === unit);
        const returned = Array.from({ length: 31 }, (_, column) =>
          unit + column < RETENTION_UNITS ? own.filter((units) => units.includes(unit + column)).length : null,
        );
        return { start: start.toISOString(), visitors: own.length, returned };
      });
      expect(countCohorts(pack(all), UNITS).cohorts).toEqual(slow);
    }),
  );
});

test('the average is over visitors, of the cohorts that have come so far', () => {
  // Three visitors of the first day, one of whom returned on the second; one of the second day.
  const { average } = countCohorts(pack([[0, 1], [0], [0, 2], [1, 2]]), UNITS.slice(0, 3));
  expect(average).toEqual([1, 2 / 4, 1 / 3]);
});

test('where nobody came there is no average', () => {
  expect(countCohorts(new Uint8Array(), UNITS.slice(0, 2)).average).toEqual([null, null]);
});
