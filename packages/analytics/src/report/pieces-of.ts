import type { CountedPieces } from '@tallymark/prisma/stores/counted-parts';
import { cutPeriod, DAY_MS } from './cut-period.ts';
import type { QuestionScope } from './resolve-scope.ts';

type Counted = Pick<QuestionScope, 'from' | 'to' | 'filter'>;

/** What a scope is counted from: read models in the middle and facts at the ends; facts alone where it has a filter. */
export function piecesOf({ from, to, filter }: Counted): CountedPieces {
  return filter.length > 0 ? { months: [], days: [], rests: [{ from, to }] } : cutPeriod(from, to);
}

/**
 * The same for sums day by day, from each of `starts` to the next: no whole months, and facts alone where days of the time
 * zone begin when those of the read models do not.
 */
export function dailyPiecesOf(scope: Counted, starts: readonly Date[]): CountedPieces {
  const ofUtc = starts.every((start) => start.getTime() % DAY_MS === 0);
  if (!ofUtc) return { months: [], days: [], rests: [scope] };
  const { months, days, rests } = piecesOf(scope);
  return { months: [], days: [...months, ...days], rests };
}
