import { typesOf } from './plan-types.ts';
import type { ReportReader } from './report-database.ts';
import type { ReportDeps } from './report-deps.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { seriesErrors } from './timeseries-errors.ts';

/**
 * The standard error of what the events of a scope are worth; 0 where none of a type with a value were sampled, which is
 * found out without looking at events.
 */
export async function valueError(
  { plan }: Pick<ReportDeps, 'plan'>,
  db: ReportReader,
  scope: QuestionScope,
  value: number,
): Promise<number> {
  const whole = { bucket: 0, name: '' };
  const errorOf = await seriesErrors(db, scope, {
    starts: [scope.from],
    sum: 'value',
    eventTypes: typesOf(plan, 'value'),
    by: null,
    cells: [{ ...whole, value }],
  });
  return errorOf(whole);
}
