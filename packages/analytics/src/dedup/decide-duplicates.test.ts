import type { DuplicateCandidate } from '@tallymark/prisma/stores/duplicates-candidates';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideDuplicates } from './decide-duplicates.ts';

const at = (occurredAt: number, more: Partial<DuplicateCandidate> = {}): DuplicateCandidate => ({
  id: `id-${String(occurredAt).padStart(6, '0')}`,
  occurredAt,
  identity: 'a',
  idempotencyKey: null,
  duplicateOf: null,
  reverted: false,
  ...more,
});

/** The rule, written down a second time: every pair is looked at. */
function naively(candidates: readonly DuplicateCandidate[], from: number): Map<string, string | null> {
  const sorted = candidates.toSorted((a, b) => a.occurredAt - b.occurredAt || (a.id < b.id ? -1 : 1));
  const verdicts = new Map<string, string | null>();
  for (const event of sorted) {
    if (event.occurredAt < from) {
      verdicts.set(event.id, event.duplicateOf);
      continue;
    }
    const original = sorted.find(
      (earlier) =>
        verdicts.get(earlier.id) === null &&
        earlier.identity === event.identity &&
        event.occurredAt - earlier.occurredAt <= 1_000 &&
        (earlier.idempotencyKey === null ||
          event.idempotencyKey === null ||
          earlier.idempotencyKey === event.idempotencyKey),
    );
    verdicts.set(event.id, event.reverted ? null : (original?.id ?? null));
  }
  return verdicts;
}

const events = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 0, max: 99 }).map((n) => `id-${n}`),
    occurredAt: fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.constantFrom(0, 999, 1_000, 1_001, 2_000, 2_001)),
    identity: fc.constantFrom('a', 'b'),
    idempotencyKey: fc.constantFrom(null, null, 'k', 'l', 'm'),
    duplicateOf: fc.constantFrom(null, null, 'id-1', 'id-2'),
    reverted: fc.nat(9).map((n) => n === 0),
  }),
  { selector: ({ id }) => id, maxLength: 40 },
);

describe('deciding what is a duplicate', () => {
  test('follows the rule, and writes only what differs from the marks that stand', () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 0, max: 3_000 }), (candidates, from) => {
        const verdicts = naively(candidates, from);
        const wanted = candidates.filter(({ occurredAt }) => occurredAt >= from);
        const { mark, unmark } = decideDuplicates(candidates, from);
        const toMark = wanted.filter(({ id, duplicateOf }) => verdicts.get(id) && verdicts.get(id) !== duplicateOf);
        expect(new Map(mark.map(({ id, duplicateOf }) => [id, duplicateOf]))).toEqual(
          new Map(toMark.map(({ id }) => [id, verdicts.get(id)])),
        );
        const toUnmark = wanted.filter(({ id, duplicateOf }) => !verdicts.get(id) && duplicateOf);
        expect(unmark.toSorted()).toEqual(toUnmark.map(({ id }) => id).toSorted());
      }),
      { numRuns: 2_000 },
    );
  });

  test('does not depend on the order it is told the events in', () => {
    const shuffled = events.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        expect(decideDuplicates(other, 1_000)).toEqual(decideDuplicates(all, 1_000));
      }),
    );
  });

  test('has nothing to do where it has been', () => {
    fc.assert(
      fc.property(events, (all) => {
        const { mark, unmark } = decideDuplicates(all, 0);
        const marks = new Map(mark.map(({ id, duplicateOf }) => [id, duplicateOf]));
        const after = all.map((event) => ({
          ...event,
          duplicateOf: unmark.includes(event.id) ? null : (marks.get(event.id) ?? event.duplicateOf),
        }));
        expect(decideDuplicates(after, 0)).toEqual({ mark: [], unmark: [] });
      }),
    );
  });

  test('a second apart is a duplicate, a millisecond more is not', () => {
    expect(decideDuplicates([at(0), at(1_000)], 0).mark).toEqual([{ id: 'id-001000', duplicateOf: 'id-000000' }]);
    expect(decideDuplicates([at(0), at(1_001)], 0).mark).toEqual([]);
  });

  test('a heartbeat faster than a second keeps beating', () => {
    const beats = Array.from({ length: 10 }, (_, n) => at(n * 900));
    expect(decideDuplicates(beats, 0).mark.map(({ id }) => id)).toEqual(
      [900, 2_700, 4_500, 6_300, 8_100].map((ms) => at(ms).id),
    );
  });

  test('a burst of keys is decided in a blink', () => {
    const burst = Array.from({ length: 50_000 }, (_, n) =>
      at(n % 1_000, { id: `id-${String(n).padStart(6, '0')}`, idempotencyKey: `k${n}` }),
    );
    const started = performance.now();
    expect(decideDuplicates(burst, 0)).toEqual({ mark: [], unmark: [] });
    // Each with each would be more than a billion comparisons.
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
