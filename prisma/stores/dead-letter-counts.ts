import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const countsOfReason = z.object({
  reason: z.enum(['refused', 'conflict']),
  open: z.number(),
  stored: z.number(),
  merged: z.number(),
});

/** Letters by reason, and within it by what became of them. */
export async function countDeadLetters(db: SqlExecutor): Promise<z.infer<typeof countsOfReason>[]> {
  const rows = await db.$queryRaw`
    SELECT reason,
           (count(*) FILTER (WHERE resolution IS NULL))::float8 AS open,
           (count(*) FILTER (WHERE resolution = 'stored'))::float8 AS stored,
           (count(*) FILTER (WHERE resolution = 'merged'))::float8 AS merged
    FROM dead_letters GROUP BY reason ORDER BY reason`;
  return z.array(countsOfReason).parse(rows);
}
