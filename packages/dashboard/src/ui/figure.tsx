'use client';
import type { Figure as FigureData } from '@tallymark/contract/reports/figure';
import { type Unit, writeChange, writeNumber } from '../format/numbers.ts';
import { classNames } from './class-names.ts';
import { Tooltip } from './tooltip.tsx';

interface FigureProps {
  readonly figure: FigureData;
  readonly unit: Unit;
  readonly compact?: boolean;
}

const REASONS = {
  sampling: 'Not all visitors’ events were kept, so this is an estimate.',
  sketch: 'Distinct visitors of a long period are counted by HyperLogLog, so this is an estimate.',
} as const;

/** A number with its unit; an estimate says how far it may be off. */
export function Figure({ figure: { value, error }, unit, compact }: FigureProps) {
  const written = writeNumber(value, unit, compact);
  if (!error || error.standard === 0) return <span>{written}</span>;
  const margin = writeNumber(2 * error.standard, unit, compact);
  return (
    <Tooltip text={`${REASONS[error.reason]} 19 times in 20 the true number is within ${margin} of it.`}>
      <button type="button" className="cursor-help">
        {written}
        <span className="ml-1 text-[0.75em] text-muted-foreground">±{margin}</span>
      </button>
    </Tooltip>
  );
}

interface ChangeProps {
  /** Per cent; null where there was nothing before. */
  readonly change: number | null;
  /** What more of it means. Without it a change has no colour. */
  readonly more?: 'good' | 'bad';
}

/** The comparison with the period before. */
export function Change({ change, more }: ChangeProps) {
  if (change === null) return <span className="text-xs text-muted-foreground">new</span>;
  const better = more && change !== 0 ? change > 0 === (more === 'good') : null;
  return (
    <span
      className={classNames('text-xs', better === null ? 'text-muted-foreground' : better ? 'text-good' : 'text-bad')}
    >
      {writeChange(change)}
    </span>
  );
}
