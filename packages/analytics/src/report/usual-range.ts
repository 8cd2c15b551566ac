import { FEWEST_WEEKS, type UsualRange } from '@tallymark/contract/reports/baseline';

/** Makes the median absolute deviation an estimate of the standard deviation, where values spread normally. */
const TO_STANDARD = 1.4826;
const DEVIATIONS = 4;
/** Of small counts chance alone makes more than four deviations. */
const LEAST_DISTANCE = 5;

/** What values like these make usual; null for too few of them. */
export function usualRange(history: readonly number[]): UsualRange | null {
  if (history.length < FEWEST_WEEKS) return null;
  const middle = median(history);
  const deviation = TO_STANDARD * median(history.map((value) => Math.abs(value - middle)));
  const distance = Math.max(DEVIATIONS * deviation, LEAST_DISTANCE);
  return { low: Math.max(0, middle - distance), median: middle, high: middle + distance };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const [below = 0, above = 0] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return (below + above) / 2;
}
