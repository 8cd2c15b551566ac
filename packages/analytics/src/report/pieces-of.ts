import type { CountedPieces } from '@tallymark/prisma/stores/counted-parts';
import { cutPeriod } from './cut-period.ts';
import type { QuestionScope } from './resolve-scope.ts';

/** What a scope is counted from: read models in the middle and facts at the ends; facts alone where it has a filter. */
export function piecesOf({ from, to, filter }: Pick<QuestionScope, 'from' | 'to' | 'filter'>): CountedPieces {
  return filter.length > 0 ? { months: [], days: [], rests: [{ from, to }] } : cutPeriod(from, to);
}
