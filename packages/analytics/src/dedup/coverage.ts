import type { DeduplicationRun } from '@tallymark/contract/deduplication';

const HOUR_MS = 3_600_000;
/** A run counts back from a moment that comes a little later. */
const MARGIN_HOURS = 0.1;
const MOST_HOURS = 8_760;

/**
 * How many hours a run has to look back so that no stretch stays that none has compared: the usual ones, or as far as
 * the runs before left off. A night that was missed, and one that was killed, are made good by the next.
 */
export function hoursToCover(
  runs: readonly Pick<DeduplicationRun, 'from' | 'doneTo'>[],
  now: Date,
  usualHours: number,
): number {
  const coveredTo = [...runs]
    .sort((a, b) => a.from.getTime() - b.from.getTime())
    .reduce<number | null>((covered, { from, doneTo }) => {
      if (doneTo === null || (covered !== null && from.getTime() > covered)) return covered;
      return Math.max(covered ?? 0, doneTo.getTime());
    }, null);
  if (coveredTo === null) return usualHours;
  const missing = (now.getTime() - coveredTo) / HOUR_MS + MARGIN_HOURS;
  return Math.min(MOST_HOURS, Math.max(usualHours, missing));
}
