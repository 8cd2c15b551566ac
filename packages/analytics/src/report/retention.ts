import {
  RETENTION_LOOKBACK_DAYS,
  RETENTION_UNITS,
  type RetentionAnswer,
  type RetentionInput,
} from '@tallymark/contract/reports/retention';
import {
  filteredRetentionStatement,
  type RetentionQuestion,
  type RetentionStatement,
  readRetention,
  retentionStatement,
  unitStarts,
} from '@tallymark/prisma/stores/report-retention';
import { cutQuarters, DAY_MS, type Period, QUARTER_MS } from './cut-period.ts';
import type { ReportDeps } from './report-deps.ts';
import { ReportError } from './report-error.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { countCohorts } from './retention-cohorts.ts';
import { answered } from './scope-answer.ts';

const NARROW = 'Ask for a shorter period, for rarer events, or without newVisitorsOnly.';

type Asked = Pick<RetentionInput, 'unit' | 'startEvent' | 'returnEvent' | 'newVisitorsOnly'>;

/**
 * Visitors by the unit of their first event in the period, and how many of them were there again in the units behind it.
 * Nothing that lies in the future is counted.
 * @throws ReportError `invalid_period` for more units than are answered, `too_expensive` where more would be read than may be.
 */
export async function askRetention(
  { reports, now }: Pick<ReportDeps, 'reports' | 'now'>,
  scope: QuestionScope,
  asked: Asked,
): Promise<RetentionAnswer> {
  const begun = { ...scope, to: earlier(scope.to, now()) };
  if (begun.from >= begun.to) return { ...answered(scope), unit: asked.unit, cohorts: [], average: [] };
  refuseTooLong(begun, asked.unit);
  return reports.answer('stats.retention', async (db) => {
    const units = await unitStarts(db, begun, asked.unit, scope.timeZone);
    if (units.length > RETENTION_UNITS) throw tooManyUnits(asked.unit);
    const { sql, parameters } = statementFor(begun, asked, units);
    await db.afford(sql, parameters, NARROW);
    const visitors = await readRetention(db, { sql, parameters });
    return { ...answered(scope), unit: asked.unit, ...countCohorts(visitors, units) };
  });
}

function statementFor(scope: QuestionScope, asked: Asked, units: readonly Date[]): RetentionStatement {
  const before = { from: new Date(scope.from.getTime() - RETENTION_LOOKBACK_DAYS * DAY_MS), to: scope.from };
  const question: RetentionQuestion = { units, before: asked.newVisitorsOnly ? cutQuarters(before) : null };
  const { startEvent = null, returnEvent = null } = asked;
  // Zones had offsets of odd minutes until the 1970s.
  const onQuarters = units.every((start) => start.getTime() % QUARTER_MS === 0);
  if (onQuarters && startEvent === null && returnEvent === null && scope.filter.length === 0) {
    return retentionStatement(scope, cutQuarters(scope), question);
  }
  return filteredRetentionStatement(scope, { startEvent, returnEvent }, question);
}

const SHORTEST_MS = { day: DAY_MS - 2 * 3_600_000, week: 6.9 * DAY_MS, month: 27.9 * DAY_MS };

/** Before their starts are worked out: a period may have thousands of days. */
function refuseTooLong({ from, to }: Period, unit: Asked['unit']): void {
  if (to.getTime() - from.getTime() > 2 * RETENTION_UNITS * SHORTEST_MS[unit]) throw tooManyUnits(unit);
}

function tooManyUnits(unit: Asked['unit']): ReportError {
  const coarser = unit === 'month' ? '' : `, or for units of a ${unit === 'day' ? 'week' : 'month'}`;
  return new ReportError(
    'invalid_period',
    `Retention is answered for at most ${RETENTION_UNITS} units, and the period has more. Ask for a shorter one${coarser}.`,
  );
}

const earlier = (a: Date, b: Date) => (a < b ? a : b);
