import { sqlStateOf } from '@tallymark/prisma/sql-state';

/** Lost connections, exhausted resources, deadlocks and serialisation failures: classes of SQLSTATE. */
const PASSING_CLASSES = new Set(['08', '53', '40']);
const PASSING_STATES = new Set([
  '57P01', // shut down by an administrator
  '57P02', // crashed
  '57P03', // starting up
  '57P05', // idle for too long
  '55P03', // a lock that somebody else holds on to
  '25P01', // the transaction was lost with its connection
]);

/**
 * Whether time alone may take an error away. A table that is missing, a fold that is wrong or a statement that takes too
 * long stays so.
 */
export function isObstacle(error: unknown): boolean {
  const state = sqlStateOf(error)?.state;
  return state !== undefined && (PASSING_CLASSES.has(state.slice(0, 2)) || PASSING_STATES.has(state));
}
