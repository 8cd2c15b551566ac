import type { SessionDimension } from '@tallymark/contract/reports/dimensions';
import { botCondition, type FactScope, withinScope } from './fact-scope.ts';
import { type SeriesNames, type SeriesSources, type SeriesStatement, seriesSql } from './report-timeseries.ts';
import { SqlParams } from './sql-params.ts';

export interface SessionSeriesOptions {
  /** Days are summed up already; all else is counted session by session. */
  readonly sources: Pick<SeriesSources, 'days' | 'rests'>;
  readonly starts: readonly Date[];
  readonly by: SessionDimension | null;
  readonly names: SeriesNames;
}

/**
 * Sessions by the bucket that they began in and by what their first event said; with a filter, those that have an event
 * within the scope.
 */
export function sessionSeriesStatement(
  scope: FactScope,
  { sources, starts, by, names }: SessionSeriesOptions,
): SeriesStatement {
  const params = new SqlParams();
  const site = () => `s.site_id = ${params.add(scope.siteId, 'uuid')}`;
  const days = sources.days.map(({ from, to }) =>
    [
      `SELECT s.day::timestamp AT TIME ZONE 'UTC', s.value, s.sessions::float8 FROM session_days s WHERE ${site()}`,
      `s.dimension = ${params.add(by ?? '', 'text')}`,
      `s.day >= ${params.add(from.toISOString().slice(0, 10), 'date')}`,
      `s.day < ${params.add(to.toISOString().slice(0, 10), 'date')}`,
      ...botCondition(scope.bots, 's'),
    ].join(' AND '),
  );
  const met = () =>
    `s.id IN (SELECT f.session_id FROM event_facts f WHERE f.session_id IS NOT NULL AND ${withinScope(params, scope)})`;
  const rests = sources.rests.map(({ from, to }) =>
    [
      `SELECT s.started_at, ${by === null ? 'NULL' : `s.${by}`}, 1::float8 FROM sessions s WHERE ${site()}`,
      `s.started_at >= ${params.add(from.toISOString(), 'timestamptz')}`,
      `s.started_at < ${params.add(to.toISOString(), 'timestamptz')}`,
      ...botCondition(scope.bots, 's'),
      ...(scope.filter.length > 0 ? [met()] : []),
    ].join(' AND '),
  );
  const sql = seriesSql(params, [...days, ...rests].join(' UNION ALL '), starts, names);
  return { sql, parameters: params.values };
}
