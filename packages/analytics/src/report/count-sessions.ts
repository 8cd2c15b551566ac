import { exact, type Figure } from '@tallymark/contract/reports/figure';
import {
  countSessionsGoingOn,
  filteredSessionsStatement,
  filteredSumsStatement,
  readCount,
  readSums,
  type SessionStatement,
  type SessionSums,
  sumSessions,
} from '@tallymark/prisma/stores/report-sessions';
import { cutPeriod } from './cut-period.ts';
import type { ReportReader } from './report-database.ts';
import type { QuestionScope } from './resolve-scope.ts';

const NARROW = 'Ask for a shorter period, or without the filter.';

/**
 * Sessions that went on in a period: that began in it, or within a day before it and ended at its start or later. With a
 * filter, the sessions that the events it leaves are of. Exact; not weighted where events were sampled.
 * @throws ReportError `too_expensive` for a filter over more facts than may be read.
 */
export async function countSessions(db: ReportReader, scope: QuestionScope): Promise<Figure> {
  if (scope.from >= scope.to) return exact(0);
  if (scope.filter.length > 0) return exact(await readCount(db, await afforded(db, filteredSessionsStatement(scope))));
  const { sessions } = await sumSessions(db, scope, cutPeriod(scope.from, scope.to));
  return exact(sessions + (await countSessionsGoingOn(db, scope, scope.from)));
}

/**
 * Sums over the sessions that began in a period, whole sessions with what is behind its end; with a filter, of those that
 * have an event within the period that meets it.
 * @throws ReportError `too_expensive` for a filter over more facts than may be read.
 */
export async function sessionTotals(db: ReportReader, scope: QuestionScope): Promise<SessionSums> {
  if (scope.filter.length > 0) return readSums(db, await afforded(db, filteredSumsStatement(scope)));
  return sumSessions(db, scope, cutPeriod(scope.from, scope.to));
}

async function afforded(db: ReportReader, statement: SessionStatement): Promise<SessionStatement> {
  await db.afford(statement.sql, statement.parameters, NARROW);
  return statement;
}
