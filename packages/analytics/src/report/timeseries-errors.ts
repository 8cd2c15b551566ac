import type { Dimension } from '@tallymark/contract/reports/dimensions';
import { readStandardErrors } from '@tallymark/prisma/stores/report-placed-variance';
import { findSampledTypes } from '@tallymark/prisma/stores/report-sampling';
import type { SeriesCell } from '@tallymark/prisma/stores/report-timeseries';
import { dayErrorsStatement, factErrorsStatement } from '@tallymark/prisma/stores/report-timeseries-errors';
import { ALL_SAMPLED, type SampledShare, sampledShare } from '@tallymark/prisma/stores/sampled-share';
import { DAY_MS } from './cut-period.ts';
import type { ReportReader } from './report-database.ts';
import type { QuestionScope } from './resolve-scope.ts';

const NARROW = 'Ask for a shorter period, or without the filter.';
/** Shorter periods are worked out from facts, fact by fact. */
const FROM_FACTS_MS = 32 * DAY_MS;

export interface SeriesErrorsWanted {
  readonly starts: readonly Date[];
  readonly sum: 'events' | 'value';
  /** That may have been sampled. */
  readonly eventTypes: readonly string[];
  readonly by: Dimension | 'event_type' | null;
  readonly cells: readonly SeriesCell[];
}

/** Whether each cell has an error of its own; otherwise cells have their share of that of their bucket. */
export function isByCell(
  { from, to, filter }: QuestionScope,
  { starts, sum }: Pick<SeriesErrorsWanted, 'starts' | 'sum'>,
): boolean {
  const finerThanDays = starts
    .slice(1)
    .some((start, at) => start.getTime() - (starts[at]?.getTime() ?? 0) < DAY_MS / 2);
  const long = to.getTime() - from.getTime() > FROM_FACTS_MS;
  return filter.length > 0 || sum === 'value' || finerThanDays || !long;
}

/** The standard error of a cell; 0 where it is exact. */
export type SeriesErrors = (cell: Pick<SeriesCell, 'bucket' | 'name'>) => number;

/**
 * Standard errors of the cells of a series. For more than a month of events by the day or longer, a UTC day counts for the
 * bucket that holds its noon, and one of several series has its share of the variance of all: visitors who are in several
 * make that somewhat too much.
 */
export async function seriesErrors(
  db: ReportReader,
  scope: QuestionScope,
  wanted: SeriesErrorsWanted,
): Promise<SeriesErrors> {
  const eventTypes = await findSampledTypes(db, scope, wanted.eventTypes);
  if (eventTypes.length === 0) return () => 0;
  const { starts, sum, by, cells } = wanted;
  const byCell = isByCell(scope, wanted);
  const names = [...new Set(cells.flatMap(({ name }) => name ?? []))];
  const place = ({ bucket, name }: Pick<SeriesCell, 'bucket' | 'name'>) =>
    name === null ? `${bucket}` : `${bucket}:${name}`;
  const statementOf = (share: SampledShare) =>
    byCell
      ? factErrorsStatement(scope, { starts, sum, eventTypes, by, names, share })
      : dayErrorsStatement(scope, { starts, eventTypes, share });
  if (scope.filter.length > 0) {
    const { sql, parameters } = statementOf(ALL_SAMPLED);
    await db.afford(sql, parameters, NARROW);
  }
  const figures = byCell ? cells.length : starts.length;
  // A single buyer may be most of what was earned: no share is sure to have them.
  const share = sum === 'value' ? ALL_SAMPLED : await sampledShare(db, scope, { eventTypes, figures });
  let found = await readStandardErrors(db, statementOf(share));
  const placeOf = byCell ? place : ({ bucket }: Pick<SeriesCell, 'bucket'>) => `${bucket}:`;
  // What a share has nobody of may be exact, or rare.
  const missing = cells.some((cell) => cell.value !== 0 && !found.has(placeOf(cell)));
  if (missing && share.factor > 1) found = await readStandardErrors(db, statementOf(ALL_SAMPLED));
  if (byCell) return (cell) => found.get(place(cell))?.[0] ?? 0;
  const totals = new Map<number, number>();
  for (const { bucket, value } of cells) totals.set(bucket, (totals.get(bucket) ?? 0) + value);
  const shares = new Map(cells.map((cell) => [place(cell), cell.value / (totals.get(cell.bucket) || 1)]));
  return (cell) => (found.get(`${cell.bucket}:`)?.[0] ?? 0) * Math.sqrt(Math.max(0, shares.get(place(cell)) ?? 0));
}
