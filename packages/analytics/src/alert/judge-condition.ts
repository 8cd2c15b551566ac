import type { AlertCondition } from '@tallymark/contract/alerts';

/** What a rule has measured. */
export interface Measured {
  /** Null without data. */
  readonly value: number | null;
  /** Of a week before, for `change`; null elsewhere and without data. */
  readonly reference: number | null;
}

/** By how many per cent a figure differs from that of a week before; null where there is nothing to compare. */
export function percentChange({ value, reference }: Measured): number | null {
  if (value === null || reference === null || reference === 0) return null;
  return ((value - reference) / Math.abs(reference)) * 100;
}

/** Whether the condition is met. Nothing is above, below or changed where there is no figure. */
export function isMet(condition: AlertCondition, measured: Measured): boolean {
  const { value } = measured;
  switch (condition.kind) {
    case 'no_data':
      return value === null || value === 0;
    case 'above':
      return value !== null && value > condition.than;
    case 'below':
      return value !== null && value < condition.than;
    case 'change': {
      const change = percentChange(measured);
      if (change === null) return false;
      const up = change >= condition.percent;
      const down = change <= -condition.percent;
      return (up && condition.direction !== 'down') || (down && condition.direction !== 'up');
    }
  }
}
