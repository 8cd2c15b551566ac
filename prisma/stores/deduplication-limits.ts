import type { SqlExecutor } from '../sql-executor.ts';
import type { WriteLimits } from './write-limits.ts';

/** One window compares tens of thousands of rows: longer than a flush may take, and nobody waits for it. */
export const DEDUPLICATION_LIMITS: WriteLimits = {
  lockTimeoutMs: 60_000,
  statementTimeoutMs: 120_000,
  idleInTransactionTimeoutMs: 60_000,
};

/** Marks our transactions in pg_stat_activity, so that any instance can see whether a run is at work. */
const APPLICATION_NAME = 'tallymark-deduplication';

/** Any constant will do, as long as nothing else in the database uses it. */
const ADVISORY_LOCK = 7_265_190_360;

/** Enough to sort a window in memory; the server's default would send it to disk. */
const WORK_MEMORY = '64MB';

/**
 * Makes this transaction the only one that changes marks, and bounds it on the server's side. Lasts until it ends.
 * SQLSTATE 55P03 when another keeps the lock for longer than a window should take.
 */
export async function lockDeduplication(db: SqlExecutor, limits: WriteLimits = DEDUPLICATION_LIMITS): Promise<void> {
  await db.$queryRaw`
    SELECT set_config('lock_timeout', ${`${limits.lockTimeoutMs}ms`}, true),
           set_config('statement_timeout', ${`${limits.statementTimeoutMs}ms`}, true),
           set_config('idle_in_transaction_session_timeout', ${`${limits.idleInTransactionTimeoutMs}ms`}, true),
           set_config('synchronous_commit', 'on', true),
           set_config('work_mem', ${WORK_MEMORY}, true),
           set_config('application_name', ${APPLICATION_NAME}, true)`;
  await db.$executeRaw`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK}::bigint)`;
}

/** Whether any instance is at work on a window right now. */
export async function isDeduplicationRunning(db: SqlExecutor): Promise<boolean> {
  const [row] = await db.$queryRaw<{ running: boolean }[]>`
    SELECT EXISTS (
      SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = ${APPLICATION_NAME} AND state <> 'idle'
    ) AS running`;
  return row?.running ?? false;
}
