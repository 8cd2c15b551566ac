import { type PatternRun, patternRun } from '@tallymark/contract/patterns';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const KEPT_RUNS = 30;

const runRows = z.array(z.object({ finishedAt: z.date(), result: patternRun }));

export async function findLatestPatternRun(
  db: SqlExecutor,
  siteId: string,
): Promise<{ readonly finishedAt: Date; readonly result: PatternRun } | null> {
  const rows = await db.$queryRawUnsafe(
    `SELECT finished_at AS "finishedAt", result FROM pattern_runs WHERE site_id = $1::uuid ORDER BY id DESC LIMIT 1`,
    siteId,
  );
  return runRows.parse(rows)[0] ?? null;
}

/** Keeps a run, and of the earlier ones of its site the last. */
export async function insertPatternRun(
  db: SqlExecutor,
  { siteId, at, result }: { readonly siteId: string; readonly at: Date; readonly result: PatternRun },
): Promise<void> {
  await db.$executeRawUnsafe(
    `WITH added AS (INSERT INTO pattern_runs (site_id, finished_at, result) VALUES ($1::uuid, $2::timestamptz, $3::jsonb))
     DELETE FROM pattern_runs WHERE site_id = $1::uuid AND id <= (
       SELECT id FROM pattern_runs WHERE site_id = $1::uuid ORDER BY id DESC OFFSET $4 LIMIT 1)`,
    siteId,
    at.toISOString(),
    JSON.stringify(result),
    KEPT_RUNS - 1,
  );
}
