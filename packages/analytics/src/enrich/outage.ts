import { sqlStateOf } from '@tallymark/prisma/sql-state';
import { isRowRefusal } from '../ingest/store-rows.ts';

/** Statements and transactions that ran out of time: fewer events at once may do, or a single one is to blame. */
const OUT_OF_TIME = new Set(['57014', '25P03']);

/** Whether Postgres is away or refuses to work, which is no fault of the events that were worked on. */
export function isOutage(error: unknown): boolean {
  const found = sqlStateOf(error);
  return found !== null && !isRowRefusal(found) && !OUT_OF_TIME.has(found.state);
}
