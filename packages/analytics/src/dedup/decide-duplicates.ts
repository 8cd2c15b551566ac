import { type DuplicateCandidate, REPEAT_WITHIN_MS } from '@tallymark/prisma/stores/duplicates-candidates';
import type { DuplicateDecision } from '@tallymark/prisma/stores/duplicates-mark';

/** What has to be written, so that the marks are right. */
export interface MarkChanges {
  readonly mark: readonly DuplicateDecision[];
  readonly unmark: readonly string[];
}

/**
 * Which of the events repeat another, held against the marks that stand. Event by event in order of time and id: one is
 * a repeat if an equal event that was kept lies at most a second before it, unless both carry an idempotency key and not
 * the same, which makes them two events. It repeats the earliest of those. So a heartbeat of 0.9 s keeps every second
 * event instead of collapsing into its first.
 *
 * Events before `from`, in milliseconds of Unix time, stand as they are marked. A mark taken back by hand makes an event
 * one that is kept. Both lists are in order of time and id, whatever the order of `candidates`.
 */
export function decideDuplicates(candidates: readonly DuplicateCandidate[], from: number): MarkChanges {
  const kept = new Map<string, KeptWithinReach>();
  const mark: DuplicateDecision[] = [];
  const unmark: string[] = [];
  for (const event of candidates.toSorted(byTimeAndId)) {
    const alike = kept.get(event.identity) ?? new KeptWithinReach();
    kept.set(event.identity, alike);
    if (event.occurredAt < from) {
      if (event.duplicateOf === null) alike.keep(event);
      continue;
    }
    const original = event.reverted ? null : alike.originalOf(event);
    if (original === null) {
      alike.keep(event);
      if (event.duplicateOf !== null) unmark.push(event.id);
    } else if (event.duplicateOf !== original.id) {
      mark.push({ id: event.id, duplicateOf: original.id });
    }
  }
  return { mark, unmark };
}

function byTimeAndId(a: DuplicateCandidate, b: DuplicateCandidate): number {
  return a.occurredAt - b.occurredAt || (a.id < b.id ? -1 : Number(a.id > b.id));
}

/** Kept events of one identity, earliest first. By key, so that a burst of keys is not compared each with each. */
class KeptWithinReach {
  private readonly all: DuplicateCandidate[] = [];
  private readonly byKey = new Map<string | null, DuplicateCandidate[]>();

  keep(event: DuplicateCandidate): void {
    this.all.push(event);
    const sameKey = this.byKey.get(event.idempotencyKey);
    if (sameKey) sameKey.push(event);
    else this.byKey.set(event.idempotencyKey, [event]);
  }

  /** The earliest kept event that `event` repeats. Asked in order of time: what is out of reach is so for good. */
  originalOf({ occurredAt, idempotencyKey }: DuplicateCandidate): DuplicateCandidate | null {
    const earliest = occurredAt - REPEAT_WITHIN_MS;
    if (idempotencyKey === null) return firstSince(this.all, earliest);
    const withoutKey = firstSince(this.byKey.get(null), earliest);
    const sameKey = firstSince(this.byKey.get(idempotencyKey), earliest);
    if (!withoutKey || !sameKey) return withoutKey ?? sameKey;
    return byTimeAndId(withoutKey, sameKey) < 0 ? withoutKey : sameKey;
  }
}

/** By bisection, because dropping what is out of reach from the front of an array costs its length each time. */
function firstSince(events: readonly DuplicateCandidate[] | undefined, earliest: number): DuplicateCandidate | null {
  if (!events) return null;
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.occurredAt ?? 0) < earliest) low = middle + 1;
    else high = middle;
  }
  return events[low] ?? null;
}
