import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { uuidV7 } from '../uuid-v7.ts';

const phase = z.enum(['facts', 'fold', 'compare', 'done', 'failed', 'cancelled']);
export type RebuildPhase = z.infer<typeof phase>;

const rebuildRow = z.object({
  id: z.string(),
  projection: z.string(),
  version: z.int(),
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

const COLUMNS = `id::text, projection, version, phase, cursor, processed, total, facts_differ AS "factsDiffer",
  rows_differ AS "rowsDiffer", differences, floor, started_at AS "startedAt", finished_at AS "finishedAt", error`;

export interface RebuildRequest {
  readonly projection: string;
  /** Of the fold that is to make it. */
  readonly version: number;
  /** Rows before it are kept as they are. */
  readonly floor: Date | null;
}

/** Begins with comparing facts with events. Null where a rebuild of the projection is under way. */
export async function requestRebuild(db: SqlExecutor, request: RebuildRequest): Promise<Rebuild | null> {
  return insertRebuild(db, request, 'DO NOTHING');
}

/** As `requestRebuild`; a comparison of facts that is under way begins anew instead. */
export async function restartComparison(db: SqlExecutor, request: RebuildRequest): Promise<void> {
  await insertRebuild(db, request, 'DO UPDATE SET cursor = NULL, processed = 0, floor = excluded.floor');
}

async function insertRebuild(db: SqlExecutor, { projection, version, floor }: RebuildRequest, onConflict: string) {
  const rows = await db.$queryRawUnsafe<unknown[]>(
    `INSERT INTO projection_rebuilds (id, projection, version, phase, floor)
     VALUES ($1::uuid, $2, $3::int, 'facts', $4::timestamptz)
     ON CONFLICT (projection) WHERE finished_at IS NULL ${onConflict} RETURNING ${COLUMNS}`,
    uuidV7(Date.now()),
    projection,
    version,
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

/**
 * The rebuild under way, locked until the transaction ends; null where there is none, or another process is at it. Of a
 * version that is given, null where it is to be made by another.
 */
export async function lockRebuild(tx: SqlExecutor, projection: string, version?: number): Promise<Rebuild | null> {
  const [row] = await tx.$queryRawUnsafe<unknown[]>(
    `SELECT ${COLUMNS} FROM projection_rebuilds
     WHERE projection = $1 AND finished_at IS NULL AND version = coalesce($2::int, version) FOR UPDATE SKIP LOCKED`,
    projection,
    version ?? null,
  );
  return row === undefined ? null : rebuildRow.parse(row);
}

/** Gives up what processes of an earlier version have under way: it would not be what this one reads. */
export async function supersedeRebuilds(
  db: SqlExecutor,
  { projection, version }: { readonly projection: string; readonly version: number },
): Promise<void> {
  await db.$executeRaw`
    UPDATE projection_rebuilds
    SET phase = 'cancelled', error = ${`superseded by version ${version}`}, finished_at = clock_timestamp()
    WHERE projection = ${projection} AND finished_at IS NULL AND version < ${version}`;
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
