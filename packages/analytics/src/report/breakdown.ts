import type { BreakdownAnswer, BreakdownInput } from '@tallymark/contract/reports/breakdown';
import {
  DIMENSIONS,
  type Dimension,
  SESSION_DIMENSIONS,
  type SessionDimension,
} from '@tallymark/contract/reports/dimensions';
import {
  type BreakdownStatement,
  dimensionStatement,
  entityStatement,
  readBreakdown,
  sessionsByStatement,
} from '@tallymark/prisma/stores/report-breakdown';
import { type FactKey, factsByStatement } from '@tallymark/prisma/stores/report-breakdown-facts';
import { breakdownErrors } from './breakdown-errors.ts';
import { piecesOf } from './pieces-of.ts';
import type { ReportDeps } from './report-deps.ts';
import { ReportError } from './report-error.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { answered } from './scope-answer.ts';

type Asked = Pick<BreakdownInput, 'by' | 'metric' | 'eventType' | 'limit'>;

const NARROW = 'Ask for a shorter period, for one event type, or for events instead of visitors.';

/** The most frequent values of a dimension or prop, and what is left. @throws ReportError `invalid_input`, `too_expensive` */
export function askBreakdown(deps: ReportDeps, scope: QuestionScope, asked: Asked): Promise<BreakdownAnswer> {
  const { statement, raw } = statementFor(scope, asked);
  return deps.reports.answer('stats.breakdown', async (db) => {
    if (raw) await db.afford(statement.sql, statement.parameters, NARROW);
    const rows = await readBreakdown(db, statement);
    const { total = 0, other = 0 } = rows[0] ?? {};
    const errorOf = await breakdownErrors(deps, db, scope, { ...asked, rows, total });
    return {
      scope: answered(scope),
      rows: rows.map(({ name, value }) => ({
        name: name === '' ? null : name,
        value,
        error: errorOf(name, value),
        share: total === 0 ? 0 : (value / total) * 100,
      })),
      other: { value: other, error: errorOf(null, other) },
      total: { value: total, error: errorOf('all', total) },
    };
  });
}

function statementFor(scope: QuestionScope, asked: Asked): { statement: BreakdownStatement; raw: boolean } {
  const { by, metric, eventType, limit } = asked;
  const raw = scope.filter.length > 0;
  if (isSessionDimension(by) && metric === 'sessions') {
    const ofType = eventType === undefined ? scope : withType(scope, eventType);
    const statement = sessionsByStatement(ofType, { pieces: piecesOf(ofType), by, limit });
    return { statement, raw: ofType.filter.length > 0 };
  }
  const key = keyOf(by, eventType);
  const sums = metric === 'events' || metric === 'value';
  if (sums && !raw && !('prop' in key)) {
    const sum = {
      pieces: piecesOf(scope),
      sum: metric,
      eventTypes: eventType === undefined ? null : [eventType],
      limit,
    };
    return {
      statement:
        'column' in key
          ? dimensionStatement(scope, { ...sum, by: key.column })
          : entityStatement(scope, { ...sum, entityType: key.entityType }),
      raw,
    };
  }
  return { statement: factsByStatement(scope, { metric, by: key, eventType: eventType ?? null, limit }), raw: true };
}

function keyOf(by: string, eventType: string | undefined): FactKey {
  if (isEventDimension(by)) return { column: by };
  if (by.startsWith('entity:')) return { entityType: by.slice('entity:'.length) };
  if (!by.startsWith('prop:')) {
    throw new ReportError('invalid_input', `Only sessions have "${by}": ask for the metric "sessions".`);
  }
  if (eventType === undefined) {
    throw new ReportError('invalid_input', 'A prop is one of a type: say which by "eventType".');
  }
  return { prop: by.slice('prop:'.length) };
}

const withType = (scope: QuestionScope, eventType: string): QuestionScope => ({
  ...scope,
  filter: [...scope.filter, { field: 'event_type', op: 'is', value: eventType }],
});

export const isEventDimension = (by: string): by is Dimension | 'event_type' =>
  by === 'event_type' || (DIMENSIONS as readonly string[]).includes(by);
const isSessionDimension = (by: string): by is SessionDimension =>
  (SESSION_DIMENSIONS as readonly string[]).includes(by);
