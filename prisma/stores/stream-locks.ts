import type { SqlExecutor } from '../sql-executor.ts';

/** Keeps these locks apart from whatever else takes advisory locks in the database. */
const SEED = 7_265_190_332;

/**
 * Holds the streams until the transaction ends, so that one transaction at a time works out their sessions. In one order
 * for everybody, so that nobody waits for somebody who waits for them. Read what the lock protects in a later statement:
 * this one's snapshot is older than the lock.
 */
export async function lockStreams(db: SqlExecutor, streams: readonly string[]): Promise<void> {
  if (streams.length === 0) return;
  await db.$executeRaw`
    SELECT pg_advisory_xact_lock(lock)
    FROM (SELECT DISTINCT hashtextextended(stream, ${SEED}::bigint) AS lock
          FROM unnest(${[...streams]}::text[]) AS stream ORDER BY lock) AS locks`;
}
