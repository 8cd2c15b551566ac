'use client';
import { writeCount, writeNumber } from '../format/numbers.ts';

export interface FunnelChartStep {
  readonly name: string;
  readonly visitors: number;
}

const HEIGHT = 176;

/** A column for each step: those who reached it, and above them, lighter, those of the first step who did not. */
export function FunnelChart({ steps }: { steps: readonly FunnelChartStep[] }) {
  const first = steps[0]?.visitors ?? 0;
  return (
    <figure role="img" aria-label={summary(steps)}>
      <div aria-hidden className="flex gap-1 overflow-hidden sm:gap-3" style={{ height: HEIGHT }}>
        {steps.map(({ name, visitors }, n) => {
          const share = first > 0 ? visitors / first : 0;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same step may be taken twice
            <div key={n} className="flex min-w-0 flex-1 flex-col">
              <div className="relative flex-1 rounded-t-md bg-muted">
                <div
                  className="absolute inset-x-0 bottom-0 rounded-t-md bg-series-1"
                  style={{ height: `${Math.max(share * 100, visitors > 0 ? 1 : 0)}%` }}
                />
              </div>
              <p className="mt-1 truncate text-xs">{name}</p>
              <p className="truncate text-xs text-muted-foreground">
                {writeCount(visitors, true)} · {writeNumber(share * 100, 'percent')}
              </p>
            </div>
          );
        })}
      </div>
    </figure>
  );
}

function summary(steps: readonly FunnelChartStep[]): string {
  const told = steps.map(({ name, visitors }, n) => `${n + 1} ${name}: ${writeCount(visitors)}`);
  return `Visitors by step. ${told.join('; ')}.`;
}
