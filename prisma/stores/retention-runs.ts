import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const runRow = z.object({
  id: z.string(),
  removedTo: z.date(),
  removed: z.number(),
  partitions: z.array(z.string()),
  startedAt: z.date(),
  finishedAt: z.date().nullable(),
  error: z.string().nullable(),
});
/** A run that has no `finishedAt` is under way or was killed; `removed` and `partitions` are right all the same. */
export type RetentionRunRow = z.infer<typeof runRow>;

/** `removedTo`: the newest cutoff by which the run is going to remove anything. */
export async function startRetentionRun(
  db: SqlExecutor,
  run: { readonly id: string; readonly removedTo: Date; readonly startedAt: Date },
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO retention_runs (id, removed_to, started_at)
    VALUES (${run.id}::uuid, ${run.removedTo}::timestamptz, ${run.startedAt}::timestamptz)`;
}

/** In the transaction that removes them, so that the numbers hold wherever the run is killed. */
export async function addRemoved(
  db: SqlExecutor,
  runId: string,
  { removed, partitions }: { readonly removed: number; readonly partitions: readonly string[] },
): Promise<void> {
  await db.$executeRaw`
    UPDATE retention_runs SET removed = removed + ${removed}, partitions = partitions || ${[...partitions]}::text[]
    WHERE id = ${runId}::uuid`;
}

/** Returns how many events the run has removed. */
export async function finishRetentionRun(
  db: SqlExecutor,
  run: { readonly id: string; readonly finishedAt: Date; readonly error: string | null },
): Promise<number> {
  const [row] = await db.$queryRaw<unknown[]>`
    UPDATE retention_runs SET finished_at = ${run.finishedAt}::timestamptz, error = ${run.error}
    WHERE id = ${run.id}::uuid RETURNING removed::float8`;
  return z.object({ removed: z.number() }).parse(row).removed;
}

/** The latest first. */
export async function listRetentionRuns(db: SqlExecutor, limit: number): Promise<RetentionRunRow[]> {
  const rows = await db.$queryRaw`
    SELECT id::text, removed_to AS "removedTo", removed::float8, partitions, started_at AS "startedAt",
           finished_at AS "finishedAt", error
    FROM retention_runs ORDER BY started_at DESC, id DESC LIMIT ${limit}::int`;
  return z.array(runRow).parse(rows);
}

/**
 * The time before which events may have been removed, whatever their site and type: a read model that is built anew from
 * events is complete from here on, and older parts of it have to be kept. Null when nothing was ever removed. A run that
 * was killed counts by what it set out to do.
 */
export async function retentionFloor(db: SqlExecutor): Promise<Date | null> {
  const [row] = await db.$queryRaw<unknown[]>`
    SELECT max(removed_to) AS floor FROM retention_runs
    WHERE removed > 0 OR partitions <> '{}' OR finished_at IS NULL`;
  return z.object({ floor: z.date().nullable() }).parse(row).floor;
}
