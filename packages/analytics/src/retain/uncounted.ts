import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { findUncounted, type Uncounted } from '@tallymark/prisma/stores/retention-uncounted';
import type { Month } from './month.ts';

/** Events of the month are not counted yet, and would never be once they are gone. */
export class MonthUncounted extends Error {
  override readonly name = 'MonthUncounted';
}

/**
 * Why events must not go yet, or null: what read models have not taken in of them can never be made up for. Holds for as
 * long as the fact writer is locked. Without `ids`, all events of the month.
 */
export async function whyUncounted(
  db: SqlExecutor,
  { ids: range, names }: Month,
  ids: readonly string[] | null = null,
): Promise<string | null> {
  return reasonOf(await findUncounted(db, { range, ids, names }));
}

function reasonOf({ neverFolded, rebuilding, behind, unread, waiting }: Uncounted): string | null {
  if (neverFolded) return 'no events are counted yet; start the worker, which folds them';
  if (rebuilding.length > 0) return `${rebuilding.join(', ')} is being rebuilt; the month goes when that has ended`;
  if (unread) return 'changes of its events are not counted yet; they are when the worker has folded the event log';
  if (waiting) return 'events wait for their enrichment and are not counted yet; they are when the worker is at work';
  if (behind.length > 0) {
    return `${behind.join(', ')} has not taken in all of its facts yet; projections.list says why, projections.resume goes on`;
  }
  return null;
}
