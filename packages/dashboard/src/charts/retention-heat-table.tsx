'use client';
import { exact } from '@tallymark/contract/reports/figure';
import type { RetentionAnswer } from '@tallymark/contract/reports/retention';
import { writeCount, writeNumber } from '../format/numbers.ts';
import { writeBucket } from '../format/times.ts';
import { Figure } from '../ui/figure.tsx';
import { ScrollRegion } from '../ui/scroll-region.tsx';

type RetentionHeatTableProps = Pick<RetentionAnswer, 'cohorts' | 'average' | 'unit'>;

/** How strong the colour of 100 % is: text on it stays readable, in light and in dark. */
const STRONGEST_PERCENT = 45;

/** Cohorts by the time since they joined; the more came back, the stronger the colour. The numbers say it all without. */
export function RetentionHeatTable({ cohorts: all, average: averages, unit }: RetentionHeatTableProps) {
  // Cohorts before the first visitor and columns that nobody can be in yet say nothing.
  const cohorts = all.slice(all.findIndex(({ visitors }) => visitors > 0));
  const average = averages.slice(0, averages.findLastIndex((share) => share !== null) + 1);
  const columns = average.length;
  return (
    <ScrollRegion label="Retention by cohort">
      <table className="w-auto min-w-full text-xs">
        <thead>
          <tr className="text-muted-foreground">
            <th scope="col" className="sticky left-0 bg-card py-1 pr-3 text-left capitalize">
              {unit}
            </th>
            <th scope="col" className="py-1 pr-3 text-right">
              Visitors
            </th>
            {Array.from({ length: columns }, (_, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
              <th key={n} scope="col" className="min-w-12 px-1 py-1 text-center whitespace-nowrap">
                {n === 0 ? `Same ${unit}` : `+${n}`}
                {n > 0 && <span className="sr-only"> {unit}s</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr className="font-medium">
            <th scope="row" className="sticky left-0 bg-card py-1 pr-3 text-left">
              Average
            </th>
            <td />
            {average.map((share, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
              <Cell key={n} share={share} title={undefined} />
            ))}
          </tr>
          {cohorts.map(({ start, visitors, returned }) => (
            <tr key={start}>
              <th scope="row" className="sticky left-0 bg-card pr-3 text-left whitespace-nowrap">
                {writeBucket(start, unit, unit !== 'month')}
              </th>
              <td className="pr-3 text-right">
                <Figure figure={exact(visitors)} unit="count" />
              </td>
              {Array.from({ length: columns }, (_, n) => {
                const count = returned[n] ?? null;
                return (
                  <Cell
                    // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                    key={n}
                    share={count === null || visitors === 0 ? null : count / visitors}
                    title={count === null ? undefined : `${writeCount(count)} of ${writeCount(visitors)} visitors`}
                  />
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function Cell({ share, title }: { share: number | null; title: string | undefined }) {
  if (share === null) return <td className="h-8" />;
  const strength = Math.round(share * STRONGEST_PERCENT);
  return (
    <td
      className="h-8 border border-card px-1 text-center whitespace-nowrap"
      title={title}
      style={{ background: `color-mix(in srgb, var(--series-1) ${strength}%, var(--card))` }}
    >
      {writeNumber(share * 100, 'percent')}
    </td>
  );
}
