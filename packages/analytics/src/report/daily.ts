import type { DailyAnswer } from '@tallymark/contract/reports/daily';
import { exact } from '@tallymark/contract/reports/figure';
import { daysStatement, readDays } from '@tallymark/prisma/stores/report-daily';
import { readSeries } from '@tallymark/prisma/stores/report-timeseries';
import { sessionSeriesStatement } from '@tallymark/prisma/stores/report-timeseries-sessions';
import { countVisitorsByBucket } from './count-visitors.ts';
import { conversionTypes, pageViewTypes } from './plan-types.ts';
import type { ReportDeps } from './report-deps.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { answered } from './scope-answer.ts';
import { timeBuckets, unitFor } from './time-buckets.ts';
import { seriesSources } from './timeseries-sources.ts';

const NARROW = 'Ask for a shorter period, or without the filter.';

/**
 * What each day of a period comes to.
 * @throws ReportError `invalid_input` for more days than there are points, `too_expensive` for a filter over too many facts.
 */
export function askDaily(deps: ReportDeps, scope: QuestionScope): Promise<DailyAnswer> {
  const unit = unitFor(scope, 'day');
  const types = { pageViewTypes: pageViewTypes(deps.plan), conversionTypes: conversionTypes(deps.plan) };
  return deps.reports.answer('stats.daily', async (db) => {
    const buckets = await timeBuckets(db, scope, unit);
    const starts = buckets.map(({ start }) => start);
    const statement = daysStatement(scope, starts, { ...seriesSources(scope, starts, true), ...types });
    if (scope.filter.length > 0) await db.afford(statement.sql, statement.parameters, NARROW);
    const sums = new Map((await readDays(db, statement)).map((row) => [row.bucket, row]));
    const visitors = await countVisitorsByBucket(db, scope, buckets);
    const sources = seriesSources(scope, starts, false);
    const sessions = await readSeries(db, sessionSeriesStatement(scope, { sources, starts, by: null, names: [''] }));
    const begun = new Map(sessions.map(({ bucket, value }) => [bucket, value]));
    const dayOf = new Intl.DateTimeFormat('en-CA', { timeZone: scope.timeZone });
    return {
      scope: answered(scope),
      days: buckets.map(({ start }, at) => ({
        day: dayOf.format(start),
        start: start.toISOString(),
        events: sums.get(at)?.events ?? 0,
        stored: sums.get(at)?.stored ?? 0,
        pageViews: sums.get(at)?.pageViews ?? 0,
        conversions: sums.get(at)?.conversions ?? 0,
        value: sums.get(at)?.value ?? 0,
        visitors: visitors[at] ?? exact(0),
        sessions: begun.get(at) ?? 0,
      })),
    };
  });
}
