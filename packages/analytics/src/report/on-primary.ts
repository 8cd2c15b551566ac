import { ReportDatabase, type ReportReader } from './report-database.ts';
import type { ReportDeps } from './report-deps.ts';

const STATEMENT_TIMEOUT_MS = 5_000;

/**
 * Asks the primary, within the limits of a report: a replica is behind it, and has counters of its own.
 * @throws ReportError `timed_out`
 */
export function onPrimary<Answer>(
  { prisma }: Pick<ReportDeps, 'prisma'>,
  question: string,
  work: (db: ReportReader) => Promise<Answer>,
): Promise<Answer> {
  return new ReportDatabase({ prisma, statementTimeoutMs: STATEMENT_TIMEOUT_MS }).answer(question, work);
}
