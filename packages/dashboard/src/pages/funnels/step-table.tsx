'use client';
import { exact } from '@tallymark/contract/reports/figure';
import type { FunnelAnswer } from '@tallymark/contract/reports/funnel';
import { writeNumber } from '../../format/numbers.ts';
import { Figure } from '../../ui/figure.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';

interface StepTableProps {
  readonly names: readonly string[];
  readonly steps: FunnelAnswer['steps'];
}

const HEADS = ['Visitors', 'Of the first', 'Of the step before', 'Lost', 'Median time'] as const;
const percent = (share: number | null) => (share === null ? '–' : writeNumber(share * 100, 'percent'));

/** The steps in numbers. */
export function StepTable({ names, steps }: StepTableProps) {
  return (
    <ScrollRegion className="mt-4" label="Steps in numbers">
      <table className="text-sm">
        <thead>
          <tr className="border-b text-xs text-muted-foreground">
            <th scope="col" className="py-1 pr-4 text-left">
              Step
            </th>
            {HEADS.map((head) => (
              <th key={head} scope="col" className="py-1 pl-4 text-right whitespace-nowrap">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map(({ step, visitors, shareOfFirst, shareOfPrevious, medianSeconds }, n) => {
            const before = steps[n - 1];
            return (
              <tr key={step} className="h-8 border-b last:border-0">
                <th scope="row" className="w-full max-w-0 min-w-32 truncate pr-4 text-left">
                  <span className="text-muted-foreground">{step}</span> {names[n]}
                </th>
                <td className="pl-4 text-right">
                  <Figure figure={exact(visitors)} unit="count" />
                </td>
                <td className="pl-4 text-right whitespace-nowrap">{percent(shareOfFirst)}</td>
                <td className="pl-4 text-right whitespace-nowrap">{percent(shareOfPrevious)}</td>
                <td className="pl-4 text-right">
                  {before ? <Figure figure={exact(before.visitors - visitors)} unit="count" /> : '–'}
                </td>
                <td className="pl-4 text-right whitespace-nowrap">
                  {medianSeconds === null ? '–' : writeNumber(medianSeconds, 'seconds')}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
