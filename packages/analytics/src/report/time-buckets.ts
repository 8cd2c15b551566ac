import { MOST_BUCKETS, type TimeUnit } from '@tallymark/contract/reports/timeseries';
import { readBuckets } from '@tallymark/prisma/stores/report-buckets';
import type { Period } from './cut-period.ts';
import type { ReportReader } from './report-database.ts';
import { ReportError } from './report-error.ts';
import type { QuestionScope } from './resolve-scope.ts';

const MINUTE_MS = 60_000;
const LENGTH_MS: Readonly<Record<TimeUnit, number>> = {
  minute: MINUTE_MS,
  quarter: 15 * MINUTE_MS,
  hour: 60 * MINUTE_MS,
  day: 1_440 * MINUTE_MS,
  week: 7 * 1_440 * MINUTE_MS,
  month: 28 * 1_440 * MINUTE_MS,
};
/** From the finest; the first that makes no more than so many buckets is taken. */
const AUTOMATIC: readonly TimeUnit[] = ['minute', 'quarter', 'hour', 'day', 'week', 'month'];
const AUTOMATIC_BUCKETS = 200;

export interface TimeBucket extends Period {
  /** Where it begins in full; `from` may be later, where the period begins. */
  readonly start: Date;
}

export function unitFor({ from, to }: Period, asked: TimeUnit | 'auto'): TimeUnit {
  const length = to.getTime() - from.getTime();
  const fits = (unit: TimeUnit, most: number) => length / LENGTH_MS[unit] <= most;
  if (asked === 'auto') return AUTOMATIC.find((unit) => fits(unit, AUTOMATIC_BUCKETS)) ?? 'month';
  if (fits(asked, MOST_BUCKETS)) return asked;
  const coarser = AUTOMATIC.find((unit) => fits(unit, MOST_BUCKETS)) ?? 'month';
  throw new ReportError(
    'invalid_input',
    `That would be more than ${MOST_BUCKETS} points. Ask by the ${coarser}, or for a shorter period.`,
  );
}

/** The buckets of a period in its time zone, in order, cut at its ends. Days of 23 and 25 hours are as long as they are. */
export async function timeBuckets(db: ReportReader, scope: QuestionScope, unit: TimeUnit): Promise<TimeBucket[]> {
  const starts = await readBuckets(db, scope, unit);
  return starts.map((start, at) => {
    const end = starts[at + 1] ?? scope.to;
    return { start, from: at === 0 ? scope.from : start, to: end };
  });
}
