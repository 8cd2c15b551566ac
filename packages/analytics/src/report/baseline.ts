import { BASELINE_WEEKS, type BaselineAnswer, type BaselineInput } from '@tallymark/contract/reports/baseline';
import { DAY_MS } from './cut-period.ts';
import type { ReportDeps } from './report-deps.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { answered } from './scope-answer.ts';
import { unitFor } from './time-buckets.ts';
import { totalSeries } from './timeseries.ts';
import { usualRange } from './usual-range.ts';

const HISTORY_MS = BASELINE_WEEKS * 7 * DAY_MS;
/** A change of summer time moves the hour of a week before by one. */
const SUMMER_TIME_MS = 3_600_000;

type Asked = Pick<BaselineInput, 'metric' | 'unit' | 'eventType'>;

interface Bucket {
  readonly start: number;
  readonly value: number;
  /** Hour or day of the week, as the time zone has it. */
  readonly season: string;
  readonly over: boolean;
}

/**
 * What would have been usual in each bucket of a period, by the same hour or day of the weeks before, and what was not.
 * @throws ReportError `invalid_input` for too many buckets, and what `askTimeseries` throws.
 */
export function askBaseline(deps: ReportDeps, scope: QuestionScope, asked: Asked): Promise<BaselineAnswer> {
  // A day more, so that the first bucket of the history is a whole one.
  const whole = { ...scope, from: new Date(scope.from.getTime() - HISTORY_MS - DAY_MS) };
  unitFor(whole, asked.unit);
  return deps.reports.answer('stats.baseline', async (db) => {
    const seasonOf = seasons(asked.unit, scope.timeZone);
    const known = Math.min(scope.to.getTime(), deps.now().getTime());
    const points = await totalSeries(deps, db, whole, asked);
    const buckets = points.map(({ start, value }, at): Bucket => {
      const begin = Date.parse(start);
      const season = seasonOf(begin);
      const next = points[at + 1];
      const over = next ? Date.parse(next.start) <= known : known > begin && seasonOf(known) !== season;
      return { start: begin, value, season, over };
    });
    const first = buckets.findIndex(
      ({ start }, at) =>
        (buckets[at + 1]?.start ?? Number.POSITIVE_INFINITY) > scope.from.getTime() && start < scope.to.getTime(),
    );
    const history = bySeason(buckets.filter(({ start }) => start >= whole.from.getTime()));
    return {
      scope: answered(scope),
      points: (first < 0 ? [] : buckets.slice(first)).map((bucket) => {
        const usual = usualRange(weeksBefore(history.get(bucket.season) ?? [], bucket));
        const cut = bucket.start < scope.from.getTime();
        const above = usual !== null && bucket.value > usual.high;
        const below = usual !== null && bucket.value < usual.low && bucket.over;
        return {
          start: new Date(bucket.start).toISOString(),
          usual,
          unusual: cut ? null : above ? 'above' : below ? 'below' : null,
        };
      }),
    };
  });
}

/** From the first one that has anything on: before that nobody was counting. */
function bySeason(buckets: readonly Bucket[]): ReadonlyMap<string, readonly Bucket[]> {
  const began = buckets.findIndex(({ value }) => value > 0);
  const seasons = new Map<string, Bucket[]>();
  for (const bucket of began < 0 ? [] : buckets.slice(began)) {
    const same = seasons.get(bucket.season);
    if (same) same.push(bucket);
    else seasons.set(bucket.season, [bucket]);
  }
  return seasons;
}

function weeksBefore(same: readonly Bucket[], { start }: Bucket): number[] {
  return same
    .filter((past) => past.start < start && past.start >= start - HISTORY_MS - SUMMER_TIME_MS)
    .slice(-BASELINE_WEEKS)
    .map(({ value }) => value);
}

function seasons(unit: Asked['unit'], timeZone: string): (at: number) => string {
  const hour = unit === 'hour' ? ({ hour: '2-digit', hourCycle: 'h23' } as const) : {};
  const format = new Intl.DateTimeFormat('en', { timeZone, weekday: 'short', ...hour });
  return (at) => format.format(at);
}
