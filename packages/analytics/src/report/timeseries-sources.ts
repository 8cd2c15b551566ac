import type { SeriesSources } from '@tallymark/prisma/stores/report-timeseries';
import { cutPeriod, cutQuarters, DAY_MS, type Period, QUARTER_MS } from './cut-period.ts';
import type { QuestionScope } from './resolve-scope.ts';

/**
 * What a series is counted from. Days and quarters serve where every bucket but the first begins on one, and quarters only
 * questions that they know the answer to; a filter is for facts.
 */
export function seriesSources(
  { from, to, filter }: Pick<QuestionScope, 'from' | 'to' | 'filter'>,
  starts: readonly Date[],
  knownByQuarter: boolean,
): SeriesSources {
  const bordersOn = (length: number) => starts.slice(1).every((start) => start.getTime() % length === 0);
  if (filter.length > 0) return { days: [], quarters: [], rests: [{ from, to }] };
  const onDays = bordersOn(DAY_MS);
  const { months, days, rests } = onDays ? cutPeriod(from, to) : { months: [], days: [], rests: [{ from, to }] };
  const whole = { days: joined([...months, ...days]) };
  if (!knownByQuarter || !bordersOn(QUARTER_MS)) return { ...whole, quarters: [], rests };
  const cut = rests.map(cutQuarters);
  return { ...whole, quarters: cut.flatMap(({ quarters }) => quarters), rests: cut.flatMap((piece) => piece.rests) };
}

/** Runs that follow one another as one. */
function joined(runs: readonly Period[]): Period[] {
  const result: Period[] = [];
  for (const run of [...runs].sort((a, b) => a.from.getTime() - b.from.getTime())) {
    const last = result.at(-1);
    if (last && last.to.getTime() === run.from.getTime()) result[result.length - 1] = { from: last.from, to: run.to };
    else result.push(run);
  }
  return result;
}
