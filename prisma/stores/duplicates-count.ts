import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const counts = z.tuple([z.object({ standing: z.number(), reverted: z.number() })]);

/** How many marks stand, and how many were taken back by hand. */
export async function countMarks(db: SqlExecutor): Promise<{ standing: number; reverted: number }> {
  const rows = await db.$queryRaw`
    SELECT (count(*) FILTER (WHERE reverted_at IS NULL))::float8 AS standing,
           (count(*) FILTER (WHERE reverted_at IS NOT NULL))::float8 AS reverted
    FROM duplicate_marks`;
  return counts.parse(rows)[0];
}
