import type { SqlExecutor } from '../sql-executor.ts';

export interface WriteLimits {
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly idleInTransactionTimeoutMs: number;
}

/** Marks flushes in pg_stat_activity, so that any instance can see whether one is being committed. */
export const FLUSH_APPLICATION_NAME = 'tallymark-flush';

export const WRITE_LIMITS: WriteLimits = {
  lockTimeoutMs: 3_000,
  statementTimeoutMs: 15_000,
  idleInTransactionTimeoutMs: 15_000,
};

/**
 * Bounds a writing transaction on the server's side, whatever becomes of this process, and makes its commit durable
 * even where the server's default is not. Lasts until the transaction ends. What is not a flush gives a name of its own.
 */
export async function applyWriteLimits(
  db: SqlExecutor,
  limits: WriteLimits = WRITE_LIMITS,
  applicationName: string = FLUSH_APPLICATION_NAME,
): Promise<void> {
  await db.$queryRaw`
    SELECT set_config('lock_timeout', ${`${limits.lockTimeoutMs}ms`}, true),
           set_config('statement_timeout', ${`${limits.statementTimeoutMs}ms`}, true),
           set_config('idle_in_transaction_session_timeout', ${`${limits.idleInTransactionTimeoutMs}ms`}, true),
           set_config('synchronous_commit', 'on', true),
           set_config('application_name', ${applicationName}, true)`;
}

/** Memory of each sort and hash until the transaction ends, such as `64MB`. */
export async function setWorkMemory(db: SqlExecutor, memory: string): Promise<void> {
  await db.$queryRaw`SELECT set_config('work_mem', ${memory}, true), set_config('jit', 'off', true)`;
}

/**
 * Bounds how long the statements to come wait for a lock, unless they are bounded more tightly already. Answers what to
 * hand to `restoreLockWait` afterwards.
 */
export async function limitLockWait(db: SqlExecutor, limits: WriteLimits = WRITE_LIMITS): Promise<string> {
  const limit = `${limits.lockTimeoutMs}ms`;
  const [row] = await db.$queryRaw<{ before: string }[]>`
    SELECT before, set_config('lock_timeout', CASE
      WHEN before::interval = '0' OR before::interval > ${limit}::interval THEN ${limit} ELSE before END, true)
    FROM current_setting('lock_timeout') AS before`;
  return row?.before ?? '0';
}

export async function restoreLockWait(db: SqlExecutor, before: string): Promise<void> {
  await db.$queryRaw`SELECT set_config('lock_timeout', ${before}, true)`;
}

/** Whether any instance is committing a flush right now. */
export async function isFlushRunning(db: SqlExecutor): Promise<boolean> {
  const [row] = await db.$queryRaw<{ running: boolean }[]>`
    SELECT EXISTS (
      SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = ${FLUSH_APPLICATION_NAME} AND state <> 'idle'
    ) AS running`;
  return row?.running ?? false;
}
