import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const importOutcome = z.object({ stored: z.number(), deadLettered: z.number() });

/** Rows and dead letters that carry a correlation id. Scans what was received since then: for imports, not for requests. */
export async function readImportOutcome(
  db: SqlExecutor,
  { correlationId, since }: { correlationId: string; since: Date },
): Promise<z.infer<typeof importOutcome>> {
  const [row] = await db.$queryRaw<unknown[]>`
    SELECT (SELECT count(*) FROM events WHERE correlation_id = ${correlationId} AND received_at >= ${since})::float8 AS stored,
           (SELECT count(*) FROM dead_letters
            WHERE created_at >= ${since}
              AND position(convert_to(${correlationId}::text, 'UTF8') IN payload) > 0)::float8 AS "deadLettered"`;
  return importOutcome.parse(row);
}
