import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { uuidV7 } from '../uuid-v7.ts';

const phase = z.enum(['facts', 'fold', 'compare', 'done', 'failed', 'cancelled']);
export type RebuildPhase = z.infer<typeof phase>;

const rebuildRow = z.object({
  id: z.string(),
  projection: z.string(),
  phase,
  cursor: z.string().nullable(),
  processed: z.bigint(),
  total: z.bigint(),
  factsDiffer: z.bigint(),
  rowsDiffer: z.bigint(),
  differences: z.array(z.unknown()),
  floor: z.date().nullable(),
  startedAt: z.date(),
  finishedAt: z.date().nullable(),
  error: z.string().nullable(),
});
export type Rebuild = z.infer<typeof rebuildRow>;

const COLUMNS = `id::text, projection, phase, cursor, processed, total, facts_differ AS "factsDiffer",
  rows_differ AS "rowsDiffer", differences, floor, started_at AS "startedAt", finished_at AS "finishedAt", error`;

/** Begins with comparing facts with events. Null where a rebuild of the projection is under way. */
export async function requestRebuild(
  db: SqlExecutor,
  { projection, floor }: { readonly projection: string; readonly floor: Date | null },
): Promise<Rebuild | null> {
  const rows = await db.$queryRawUnsafe<unknown[]>(
    `INSERT INTO projection_rebuilds (id, projection, phase, floor) VALUES ($1::uuid, $2, 'facts', $3::timestamptz)
     ON CONFLICT (projection) WHERE finished_at IS NULL DO NOTHING RETURNING ${COLUMNS}`,
    uuidV7(Date.now()),
    projection,
    floor?.toISOString() ?? null,
  );
  return rows[0] === undefined ? null : rebuildRow.parse(rows[0]);
}

/** The latest first. */
export async function listRebuilds(db: SqlExecutor, limit: number): Promise<Rebuild[]> {
  const rows = await db.$queryRawUnsafe(
    `SELECT ${COLUMNS} FROM projection_rebuilds ORDER BY started_at DESC, id DESC LIMIT $1::int`,
    limit,
  );
  return z.array(rebuildRow).parse(rows);
}

/** Projections that have a rebuild under way. */
export async function runningRebuilds(db: SqlExecutor): Promise<string[]> {
  const rows =
    await db.$queryRaw`SELECT projection FROM projection_rebuilds WHERE finished_at IS NULL ORDER BY started_at`;
  return z
    .array(z.object({ projection: z.string() }))
    .parse(rows)
    .map(({ projection }) => projection);
}

/** The rebuild under way, locked until the transaction ends; null where there is none, or another process is at it. */
export async function lockRebuild(tx: SqlExecutor, projection: string): Promise<Rebuild | null> {
  const [row] = await tx.$queryRawUnsafe<unknown[]>(
    `SELECT ${COLUMNS} FROM projection_rebuilds WHERE projection = $1 AND finished_at IS NULL FOR UPDATE SKIP LOCKED`,
    projection,
  );
  return row === undefined ? null : rebuildRow.parse(row);
}

export interface RebuildProgress {
  readonly phase: RebuildPhase;
  readonly cursor: string | null;
  readonly processed: bigint;
  readonly total: bigint;
  readonly factsDiffer: bigint;
}

/** In the transaction of what was done, so that a rebuild that was killed goes on from there. */
export async function saveRebuildProgress(tx: SqlExecutor, id: string, progress: RebuildProgress): Promise<void> {
  await tx.$executeRaw`
    UPDATE projection_rebuilds
    SET phase = ${progress.phase}, cursor = ${progress.cursor}, processed = ${progress.processed},
        total = ${progress.total}, facts_differ = ${progress.factsDiffer}
    WHERE id = ${id}::uuid`;
}

export async function finishRebuild(
  tx: SqlExecutor,
  id: string,
  end: {
    readonly phase: 'done' | 'failed' | 'cancelled';
    readonly rowsDiffer: bigint;
    /** Some of the rows that differ, for people to look at. */
    readonly differences: readonly unknown[];
    readonly error: string | null;
  },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE projection_rebuilds
    SET phase = ${end.phase}, rows_differ = ${end.rowsDiffer}, differences = ${JSON.stringify(end.differences)}::jsonb,
        error = ${end.error}, finished_at = clock_timestamp()
    WHERE id = ${id}::uuid`;
}
