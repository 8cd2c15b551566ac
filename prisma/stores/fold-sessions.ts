import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import type { FactRange } from './fact-changes.ts';
import { addSessions, dropSessionCells, sessionCell, sessionDifferences } from './fold-session-rollups.ts';
import { SESSION_COLUMNS, sessionStates } from './fold-session-states.ts';

export interface SessionTables {
  readonly sessions: string;
  readonly days: string;
  readonly months: string;
}

const emptied = z.array(sessionCell);

/**
 * Makes sessions what their facts at fold `upTo` tell, and the sums over them by `dimensions` (columns of sessions) what
 * they then are. One statement, so that what a session was and became come from one state of everything.
 */
export async function foldSessions(
  tx: SqlExecutor,
  tables: SessionTables,
  dimensions: readonly string[],
  range: FactRange,
): Promise<void> {
  const answer = await tx.$queryRawUnsafe(foldStatement(tables, dimensions), range.after, range.upTo);
  const cells = emptied.parse(answer);
  await dropSessionCells(tx, tables.days, 'day', cells);
  await dropSessionCells(tx, tables.months, 'month', cells);
}

/** Answers with the cells that no session is left in. */
function foldStatement({ sessions, days, months }: SessionTables, dimensions: readonly string[]): string {
  return `WITH ${sessionStates(sessions)}, ${sessionDifferences(dimensions)}, written AS (
    INSERT INTO ${sessions} (${SESSION_COLUMNS.join(', ')}) SELECT ${SESSION_COLUMNS.join(', ')} FROM became
    ON CONFLICT (id) DO UPDATE SET ${SESSION_COLUMNS.filter((column) => column !== 'id')
      .map((column) => `${column} = excluded.${column}`)
      .join(', ')}
  ), gone AS (
    DELETE FROM ${sessions} WHERE id = ANY (ARRAY(SELECT id FROM was EXCEPT SELECT id FROM became))
  ), in_days AS (
    ${addSessions(days, 'day')}
  ), in_months AS (
    ${addSessions(months, 'month')}
  )
  SELECT * FROM in_days WHERE sessions = 0 UNION ALL SELECT * FROM in_months WHERE sessions = 0`;
}
