import { SESSION_DIMENSIONS, type SessionDimension } from '@tallymark/contract/reports/dimensions';
import { exact, type Figure } from '@tallymark/contract/reports/figure';
import type { Series, TimeseriesAnswer, TimeseriesInput, TimeUnit } from '@tallymark/contract/reports/timeseries';
import {
  readSeries,
  type SeriesCell,
  type SeriesNames,
  type SeriesStatement,
  seriesStatement,
  visitorSeriesStatement,
} from '@tallymark/prisma/stores/report-timeseries';
import { sessionSeriesStatement } from '@tallymark/prisma/stores/report-timeseries-sessions';
import { countVisitorsByBucket } from './count-visitors.ts';
import { DAY_MS } from './cut-period.ts';
import { previousOf } from './overview.ts';
import { typesOf } from './plan-types.ts';
import type { ReportReader } from './report-database.ts';
import type { ReportDeps } from './report-deps.ts';
import { ReportError } from './report-error.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { answered } from './scope-answer.ts';
import { type TimeBucket, timeBuckets, unitFor } from './time-buckets.ts';
import { type SeriesErrors, seriesErrors } from './timeseries-errors.ts';
import { seriesSources } from './timeseries-sources.ts';

type Asked = Pick<TimeseriesInput, 'metric' | 'eventType' | 'by'>;

const MOST_SERIES = 5;
/** Rests of a period at its two ends; more than that is a question to facts. */
const RESTS_MS = 2 * DAY_MS;
const NARROW = 'Ask for a shorter period, or without the filter.';

/**
 * How a metric went over time. Sessions are counted where they began.
 * @throws ReportError `invalid_input` for too many points, and for a dimension that sessions do not have.
 */
export function askTimeseries(
  deps: ReportDeps,
  scope: QuestionScope,
  input: Asked & Pick<TimeseriesInput, 'unit' | 'previous'>,
): Promise<TimeseriesAnswer> {
  const unit = unitFor(scope, input.unit);
  return deps.reports.answer('stats.timeseries', async (db) => {
    const series = await seriesOf(deps, db, scope, { ...input, unit, names: { most: MOST_SERIES } });
    // The same values as now, so that each has its own before.
    const names = series.flatMap(({ name, other }) => (other ? [] : (name ?? '')));
    const before = previousOf(scope);
    return {
      scope: answered(scope),
      unit,
      series,
      previous: input.previous ? await seriesOf(deps, db, before, { ...input, unit, names }) : null,
    };
  });
}

/** One series of all there is, for questions that are about more than what it was. */
export async function totalSeries(
  deps: ReportDeps,
  db: ReportReader,
  scope: QuestionScope,
  asked: Omit<Asked, 'by'> & { readonly unit: TimeUnit },
): Promise<Series['points']> {
  const [total] = await seriesOf(deps, db, scope, { ...asked, names: [''] });
  return total?.points ?? [];
}

interface SeriesAsked extends Asked {
  readonly unit: TimeUnit;
  readonly names: SeriesNames;
}

async function seriesOf(
  deps: ReportDeps,
  db: ReportReader,
  scope: QuestionScope,
  asked: SeriesAsked,
): Promise<Series[]> {
  const buckets = await timeBuckets(db, scope, asked.unit);
  if (asked.metric === 'visitors' || asked.metric === 'sessions') {
    const ofType = asked.eventType === undefined ? scope : withType(scope, asked.eventType);
    return asked.metric === 'visitors'
      ? visitorSeries(db, ofType, buckets, asked)
      : sessionSeries(db, ofType, buckets, asked);
  }
  const { by = null } = asked;
  const sum = asked.metric === 'value' ? 'value' : 'events';
  const eventTypes = typesAsked(deps, asked);
  const names = by === null ? [''] : asked.names;
  const starts = buckets.map(({ start }) => start);
  const sources = seriesSources(scope, starts, by === null || by === 'event_type' || by === 'service');
  const statement = seriesStatement(scope, { sources, starts, sum, eventTypes, by, names });
  if (lengthOf(sources.rests) > RESTS_MS) await db.afford(statement.sql, statement.parameters, NARROW);
  const cells = await readSeries(db, statement);
  const mayBeSampled = eventTypes ?? typesOf(deps.plan);
  return named(
    cells,
    buckets,
    names,
    await seriesErrors(db, scope, { starts, sum, eventTypes: mayBeSampled, by, cells }),
  );
}

/** Null for all. */
function typesAsked({ plan }: ReportDeps, { metric, eventType }: Asked): readonly string[] | null {
  const ofMetric = metric === 'page_views' || metric === 'conversions' ? typesOf(plan, metric) : null;
  if (eventType === undefined) return ofMetric;
  return (ofMetric ?? [eventType]).filter((type) => type === eventType);
}

const withType = (scope: QuestionScope, eventType: string): QuestionScope => ({
  ...scope,
  filter: [...scope.filter, { field: 'event_type', op: 'is', value: eventType }],
});

async function visitorSeries(
  db: ReportReader,
  scope: QuestionScope,
  buckets: readonly TimeBucket[],
  { by, names }: SeriesAsked,
): Promise<Series[]> {
  if (by === undefined) {
    const figures = await countVisitorsByBucket(db, scope, buckets);
    return [{ name: null, other: false, points: pointsOf(buckets, (at) => figures[at] ?? exact(0)) }];
  }
  const statement = visitorSeriesStatement(scope, { starts: buckets.map(({ start }) => start), by, names });
  return named(await affordedSeries(db, statement), buckets, names, () => 0);
}

async function sessionSeries(
  db: ReportReader,
  scope: QuestionScope,
  buckets: readonly TimeBucket[],
  { by, names: asked }: SeriesAsked,
): Promise<Series[]> {
  if (by !== undefined && !isSessionDimension(by)) {
    throw new ReportError('invalid_input', `Sessions have no "${by}". They have ${SESSION_DIMENSIONS.join(', ')}.`);
  }
  const names = by === undefined ? [''] : asked;
  const starts = buckets.map(({ start }) => start);
  const sources = seriesSources(scope, starts, false);
  const statement = sessionSeriesStatement(scope, { sources, starts, by: by ?? null, names });
  const cells = scope.filter.length > 0 ? await affordedSeries(db, statement) : await readSeries(db, statement);
  return named(cells, buckets, names, () => 0);
}

const isSessionDimension = (by: string): by is SessionDimension =>
  (SESSION_DIMENSIONS as readonly string[]).includes(by);

async function affordedSeries(db: ReportReader, statement: SeriesStatement): Promise<SeriesCell[]> {
  await db.afford(statement.sql, statement.parameters, NARROW);
  return readSeries(db, statement);
}

const lengthOf = (periods: readonly { readonly from: Date; readonly to: Date }[]) =>
  periods.reduce((sum, { from, to }) => sum + to.getTime() - from.getTime(), 0);

/** A series for each name, those that were given in their order and else the most frequent first, and one for what is left. */
function named(
  cells: readonly SeriesCell[],
  buckets: readonly TimeBucket[],
  names: SeriesNames,
  errorOf: SeriesErrors,
): Series[] {
  const byName = new Map<string | null, Map<number, number>>();
  for (const { bucket, name, value } of cells) {
    byName.set(name, (byName.get(name) ?? new Map<number, number>()).set(bucket, value));
  }
  const total = (name: string | null) => [...(byName.get(name)?.values() ?? [])].reduce((sum, one) => sum + one, 0);
  const own = [...byName.keys()].filter((name) => name !== null).sort((a, b) => total(b) - total(a));
  const series = (name: string | null): Series => ({
    name: name === '' ? null : name,
    other: name === null,
    points: pointsOf(buckets, (bucket) => {
      const standard = errorOf({ bucket, name });
      const value = byName.get(name)?.get(bucket) ?? 0;
      return { value, error: standard > 0 ? { standard, reason: 'sampling' } : null };
    }),
  });
  const shown = 'most' in names ? own : names;
  return [...shown, ...(byName.has(null) ? [null] : [])].map(series);
}

const pointsOf = (buckets: readonly TimeBucket[], figureOf: (bucket: number) => Figure): Series['points'] =>
  buckets.map(({ start }, at) => ({ start: start.toISOString(), ...figureOf(at) }));
