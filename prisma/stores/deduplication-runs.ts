import { type DeduplicationRun, deduplicationRun } from '@tallymark/contract/deduplication';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const LONGEST_ERROR = 2_000;

export interface NewRun {
  readonly runId: string;
  readonly from: Date;
  readonly to: Date;
  readonly startedAt: Date;
}

export async function startRun(db: SqlExecutor, { runId, from, to, startedAt }: NewRun): Promise<void> {
  await db.$executeRaw`
    INSERT INTO deduplication_runs (id, window_from, window_to, started_at)
    VALUES (${runId}::uuid, ${from.toISOString()}::timestamptz, ${to.toISOString()}::timestamptz,
            ${startedAt.toISOString()}::timestamptz)`;
}

export interface WindowDone {
  readonly doneTo: Date;
  readonly scanned: number;
  readonly marked: number;
  readonly unmarked: number;
}

/** Adds a window to the run, in the transaction that marked it. */
export async function advanceRun(db: SqlExecutor, runId: string, done: WindowDone): Promise<void> {
  await db.$executeRaw`
    UPDATE deduplication_runs
    SET done_to = ${done.doneTo.toISOString()}::timestamptz, scanned = scanned + ${done.scanned},
        marked = marked + ${done.marked}, unmarked = unmarked + ${done.unmarked}
    WHERE id = ${runId}::uuid`;
}

/** Ends the run, with what it failed of or null. */
export async function finishRun(
  db: SqlExecutor,
  runId: string,
  { finishedAt, error }: { readonly finishedAt: Date; readonly error: string | null },
): Promise<void> {
  await db.$executeRaw`
    UPDATE deduplication_runs
    SET finished_at = ${finishedAt.toISOString()}::timestamptz, error = ${error?.slice(0, LONGEST_ERROR) ?? null}
    WHERE id = ${runId}::uuid`;
}

/** The latest runs, newest first. */
export async function listRuns(db: SqlExecutor, most: number): Promise<DeduplicationRun[]> {
  const rows = await db.$queryRaw`
    SELECT id AS "runId", window_from AS "from", window_to AS "to", done_to AS "doneTo", scanned::float8,
           marked::float8, unmarked::float8, started_at AS "startedAt", finished_at AS "finishedAt", error
    FROM deduplication_runs ORDER BY started_at DESC, id DESC LIMIT ${most}`;
  return z.array(deduplicationRun).parse(rows);
}
