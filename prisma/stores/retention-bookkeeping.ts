import type { SqlExecutor } from '../sql-executor.ts';

export interface BookkeepingLimits {
  /** Rates of hours before this go. */
  readonly ratesBefore: Date;
  /** Runs that started before this go. */
  readonly runsBefore: Date;
  /** Dead letters that were replayed before this go; open ones stay. */
  readonly lettersBefore: Date;
}

/** Deletes what nobody looks at any more. The runs that `retentionFloor` rests on stay. Returns the rows deleted. */
export async function deleteOldBookkeeping(db: SqlExecutor, limits: BookkeepingLimits): Promise<number> {
  const rates = await db.$executeRaw`
    DELETE FROM deduplication_rates WHERE hour < ${limits.ratesBefore}::timestamptz`;
  const deduplication = await db.$executeRaw`
    DELETE FROM deduplication_runs WHERE started_at < ${limits.runsBefore}::timestamptz`;
  const retention = await db.$executeRaw`
    DELETE FROM retention_runs WHERE started_at < ${limits.runsBefore}::timestamptz
      AND id IS DISTINCT FROM (
        SELECT id FROM retention_runs WHERE removed > 0 OR partitions <> '{}' OR finished_at IS NULL
        ORDER BY removed_to DESC, started_at DESC LIMIT 1)`;
  const letters = await db.$executeRaw`
    DELETE FROM dead_letters WHERE resolved_at < ${limits.lettersBefore}::timestamptz`;
  const deliveries = await db.$executeRaw`
    DELETE FROM subscription_dead_letters WHERE replayed_at < ${limits.lettersBefore}::timestamptz`;
  return rates + deduplication + retention + letters + deliveries;
}
