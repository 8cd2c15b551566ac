import { readTypeTotals, type TypeTotal, typeTotalsStatement } from '@tallymark/prisma/stores/report-totals';
import { piecesOf } from './pieces-of.ts';
import type { ReportReader } from './report-database.ts';
import type { QuestionScope } from './resolve-scope.ts';

/**
 * What happened in a scope, by type, the most frequent first.
 * @throws ReportError `too_expensive` for a filter over more facts than may be read.
 */
export async function typeTotals(db: ReportReader, scope: QuestionScope): Promise<TypeTotal[]> {
  const statement = typeTotalsStatement(scope, piecesOf(scope));
  if (scope.filter.length > 0) {
    await db.afford(statement.sql, statement.parameters, 'Ask for a shorter period, or without the filter.');
  }
  return readTypeTotals(db, statement);
}
