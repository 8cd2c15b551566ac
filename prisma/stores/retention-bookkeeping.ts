import type { SqlExecutor } from '../sql-executor.ts';

export interface BookkeepingLimits {
  /** Rates of hours before this go. */
  readonly ratesBefore: Date;
  /** Runs that started before this go. */
  readonly runsBefore: Date;
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
  return rates + deduplication + retention;
}
