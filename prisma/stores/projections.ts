import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

/** The projection that folds the event log; all others fold its facts. */
export const FACTS = 'facts';

const state = z.object({
  name: z.string(),
  version: z.int(),
  change: z.bigint(),
  folded: z.bigint(),
  foldedAt: z.date().nullable(),
  attempts: z.int(),
  nextAttemptAt: z.date().nullable(),
  lastError: z.string().nullable(),
  failedAt: z.date().nullable(),
});
export type ProjectionState = z.infer<typeof state>;

const COLUMNS = `name, version, change, folded, folded_at AS "foldedAt", attempts, next_attempt_at AS "nextAttemptAt",
  last_error AS "lastError", failed_at AS "failedAt"`;

/** Makes rows for projections that have none, with nothing folded. Those there are stay as they are. */
export async function registerProjections(
  db: SqlExecutor,
  projections: readonly { readonly name: string; readonly version: number }[],
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO projections (name, version)
    SELECT * FROM unnest(${projections.map(({ name }) => name)}::text[], ${projections.map(({ version }) => version)}::int[])
    ON CONFLICT DO NOTHING`;
}

export async function listProjections(db: SqlExecutor): Promise<ProjectionState[]> {
  return z.array(state).parse(await db.$queryRawUnsafe(`SELECT ${COLUMNS} FROM projections ORDER BY name`));
}

/** Null where there is none of the name. */
export async function readProjection(db: SqlExecutor, name: string): Promise<ProjectionState | null> {
  const [row] = await db.$queryRawUnsafe<unknown[]>(`SELECT ${COLUMNS} FROM projections WHERE name = $1`, name);
  return row === undefined ? null : state.parse(row);
}

/** The row, locked until the transaction ends; null while another process works on the projection, or where it is none. */
export async function lockProjection(tx: SqlExecutor, name: string): Promise<ProjectionState | null> {
  const [row] = await tx.$queryRawUnsafe<unknown[]>(
    `SELECT ${COLUMNS} FROM projections WHERE name = $1 FOR UPDATE SKIP LOCKED`,
    name,
  );
  return row === undefined ? null : state.parse(row);
}

/** The number of the last fold of facts that is committed. */
export async function latestChange(db: SqlExecutor): Promise<bigint> {
  const [row] = await db.$queryRaw<unknown[]>`SELECT change FROM projections WHERE name = ${FACTS}`;
  return row === undefined ? 0n : z.object({ change: z.bigint() }).parse(row).change;
}

/** In the transaction of what was folded: `changes` more, up to and including `change`. Errors are forgotten. */
export async function advanceProjection(
  tx: SqlExecutor,
  name: string,
  { change, changes }: { readonly change: bigint; readonly changes: bigint },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE projections
    SET change = ${change}, folded = folded + ${changes}, folded_at = now(),
        attempts = 0, next_attempt_at = NULL, last_error = NULL, failed_at = NULL
    WHERE name = ${name}`;
}

/** What keeps a projection from going on without being its fault: no attempt is counted. A fault of its own stands before it. */
export async function noteObstacle(db: SqlExecutor, name: string, error: string): Promise<void> {
  await db.$executeRaw`
    UPDATE projections SET last_error = ${error} WHERE name = ${name} AND attempts = 0 AND failed_at IS NULL`;
}

/** What stood in the way is gone. A fault of its own stays until something was folded. */
export async function clearObstacle(db: SqlExecutor, name: string): Promise<void> {
  await db.$executeRaw`
    UPDATE projections SET last_error = NULL
    WHERE name = ${name} AND attempts = 0 AND failed_at IS NULL AND last_error IS NOT NULL`;
}

/** Counts an attempt. `nextAttemptAt` null: it was the last. */
export async function failProjection(
  db: SqlExecutor,
  name: string,
  { error, nextAttemptAt }: { readonly error: string; readonly nextAttemptAt: Date | null },
): Promise<void> {
  await db.$executeRaw`
    UPDATE projections
    SET attempts = attempts + 1, last_error = ${error}, next_attempt_at = ${nextAttemptAt}::timestamptz,
        failed_at = CASE WHEN ${nextAttemptAt}::timestamptz IS NULL THEN now() END
    WHERE name = ${name}`;
}

/** Gives a projection new attempts at once. False where there is none of the name. */
export async function resumeProjection(db: SqlExecutor, name: string): Promise<boolean> {
  const rows = await db.$executeRaw`
    UPDATE projections SET attempts = 0, next_attempt_at = NULL, failed_at = NULL WHERE name = ${name}`;
  return rows > 0;
}

/**
 * From here to the end of the transaction no retractions are dropped, and no rebuild begins to fold: one that began while
 * they are dropped would take in what a fact was, and miss that it was taken back.
 */
export async function lockRetractions(tx: SqlExecutor): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended('fact retractions', 0))::text`;
}

/** Drops what facts were before changes that every projection has folded. Under `lockRetractions`. Returns rows dropped. */
export async function dropFoldedRetractions(tx: SqlExecutor): Promise<number> {
  return tx.$executeRaw`
    DELETE FROM fact_retractions
    WHERE retracted <= (SELECT min(change) FROM projections WHERE name <> ${FACTS})
      AND retracted <= coalesce(
        (SELECT min(cursor::bigint) FROM projection_rebuilds WHERE finished_at IS NULL AND phase IN ('fold', 'compare')),
        9223372036854775807)`;
}

/** A projection whose tables were made anew by a fold of this version; errors are forgotten. */
export async function takeOverProjection(
  tx: SqlExecutor,
  { name, version }: { readonly name: string; readonly version: number },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE projections
    SET version = ${version}, attempts = 0, next_attempt_at = NULL, last_error = NULL, failed_at = NULL
    WHERE name = ${name}`;
}
