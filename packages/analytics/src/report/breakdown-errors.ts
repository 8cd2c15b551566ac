import type { BreakdownInput } from '@tallymark/contract/reports/breakdown';
import { DIMENSIONS, type Dimension } from '@tallymark/contract/reports/dimensions';
import type { Figure } from '@tallymark/contract/reports/figure';
import type { BreakdownRow } from '@tallymark/prisma/stores/report-breakdown';
import { typesOf } from './plan-types.ts';
import type { ReportReader } from './report-database.ts';
import type { ReportDeps } from './report-deps.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { isByCell, seriesErrors } from './timeseries-errors.ts';

type Wanted = Pick<BreakdownInput, 'by' | 'metric' | 'eventType'> & {
  readonly rows: readonly BreakdownRow[];
  readonly total: number;
};

/** `name` null: of what is in no row; `all`: of the total. */
export type BreakdownErrors = (name: string | null | 'all', value: number) => Figure['error'];

/**
 * Standard errors of the rows of a breakdown of events or their value. Where they are not worked out row by row, a row has
 * its share of the variance of the total, which is rather too much.
 */
export async function breakdownErrors(
  { plan }: Pick<ReportDeps, 'plan'>,
  db: ReportReader,
  scope: QuestionScope,
  { by, metric, eventType, rows, total }: Wanted,
): Promise<BreakdownErrors> {
  if (metric === 'visitors' || metric === 'sessions') return () => null;
  const one = {
    starts: [scope.from],
    sum: metric,
    eventTypes: eventType === undefined ? typesOf(plan) : [eventType],
  };
  const whole = await seriesErrors(db, scope, { ...one, by: null, cells: [{ bucket: 0, name: '', value: total }] });
  const standard = whole({ bucket: 0, name: '' });
  if (standard === 0) return () => null;
  const cells = rows.map(({ name, value }) => ({ bucket: 0, name, value }));
  const key = keyOf(by);
  const exactly = key && isByCell(scope, one) && (await seriesErrors(db, scope, { ...one, by: key, cells }));
  return (name, value) => {
    const share = total === 0 ? 0 : Math.min(1, Math.abs(value / total));
    const own =
      exactly && name !== 'all' ? exactly({ bucket: 0, name }) : standard * Math.sqrt(name === 'all' ? 1 : share);
    return own > 0 ? { standard: own, reason: 'sampling' } : null;
  };
}

function keyOf(by: string): Dimension | 'event_type' | null {
  return by === 'event_type' ? by : (DIMENSIONS.find((dimension) => dimension === by) ?? null);
}
