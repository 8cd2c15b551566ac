import type { SqlExecutor } from '../sql-executor.ts';
import { addByDayAndMonth, dropEmptied } from './day-month-sums.ts';
import type { FactRange } from './fact-changes.ts';
import { sessionDifferences, sessionSums } from './fold-session-rollups.ts';
import { SESSION_COLUMNS, sessionStates } from './fold-session-states.ts';

export interface SessionTables {
  readonly sessions: string;
  readonly days: string;
  readonly months: string;
}

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
  await dropEmptied(tx, sessionSums(tables), answer);
}

/** Answers with the cells that no session is left in. */
function foldStatement({ sessions, ...tables }: SessionTables, dimensions: readonly string[]): string {
  return `WITH ${sessionStates(sessions)}, ${sessionDifferences(dimensions)}, written AS (
    INSERT INTO ${sessions} (${SESSION_COLUMNS.join(', ')}) SELECT ${SESSION_COLUMNS.join(', ')} FROM became
    ON CONFLICT (id) DO UPDATE SET ${SESSION_COLUMNS.filter((column) => column !== 'id')
      .map((column) => `${column} = excluded.${column}`)
      .join(', ')}
  ), gone AS (
    DELETE FROM ${sessions} WHERE id = ANY (ARRAY(SELECT id FROM was EXCEPT SELECT id FROM became))
  ), ${addByDayAndMonth(sessionSums(tables))}`;
}
