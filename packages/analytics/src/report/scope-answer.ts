import type { AnsweredScope } from '@tallymark/contract/reports/scope';
import type { QuestionScope } from './resolve-scope.ts';

/** A scope as answers tell it; where something is missing in one, `ReportDatabase` writes so. */
export const answered = ({ siteId, from, to }: QuestionScope): AnsweredScope => ({
  siteId,
  from: from.toISOString(),
  to: to.toISOString(),
  incompleteBefore: null,
});
