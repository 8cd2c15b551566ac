'use client';
import { exact } from '@tallymark/contract/reports/figure';
import type { FunnelAnswer } from '@tallymark/contract/reports/funnel';
import { writeNumber } from '../../format/numbers.ts';
import { Figure } from '../../ui/figure.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';

interface BreakdownTableProps {
  readonly of: string;
  readonly names: readonly string[];
  readonly parts: NonNullable<FunnelAnswer['breakdown']>;
}

/** The funnel of each value: visitors of each step, and those who took all. */
export function BreakdownTable({ of, names, parts }: BreakdownTableProps) {
  return (
    <ScrollRegion label={`The funnel by ${of}`}>
      <table className="text-sm">
        <thead>
          <tr className="border-b text-xs text-muted-foreground">
            <th scope="col" className="py-1 pr-4 text-left">
              {of}
            </th>
            {names.map((name, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same step may be taken twice
              <th key={n} scope="col" className="max-w-32 truncate py-1 pl-4 text-right" title={name}>
                {n + 1} {name}
              </th>
            ))}
            <th scope="col" className="py-1 pl-4 text-right">
              All steps
            </th>
          </tr>
        </thead>
        <tbody>
          {parts.map(({ value, steps, conversion }) => (
            <tr key={value ?? 'others'} className="h-8 border-b last:border-0">
              <th scope="row" className="max-w-40 truncate pr-4 text-left">
                {value === null ? <span className="text-muted-foreground">all others</span> : value || '(none)'}
              </th>
              {steps.map(({ step, visitors }) => (
                <td key={step} className="pl-4 text-right">
                  <Figure figure={exact(visitors)} unit="count" />
                </td>
              ))}
              <td className="pl-4 text-right whitespace-nowrap">
                {conversion === null ? '–' : writeNumber(conversion * 100, 'percent')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
