import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { type CountedPieces, countedParts } from './counted-parts.ts';
import type { FactScope } from './fact-scope.ts';
import { SqlParams } from './sql-params.ts';

const typeTotal = z.object({
  eventType: z.string(),
  events: z.number(),
  stored: z.number(),
  value: z.number(),
});
export type TypeTotal = z.infer<typeof typeTotal>;

export interface TotalsStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** The statement for what happened in a scope, by type, the most frequent first. */
export function typeTotalsStatement(scope: FactScope, pieces: CountedPieces): TotalsStatement {
  const params = new SqlParams();
  // Any dimension will do; this one has the fewest values.
  const parts = countedParts(params, scope, { pieces, dimension: 'source', eventTypes: null });
  const sql = `SELECT event_type AS "eventType", sum(events)::float8 AS events, sum(stored)::float8 AS stored,
      sum(amount)::float8 AS value
    FROM (${parts}) AS parts (event_type, value, events, stored, amount) GROUP BY 1 ORDER BY 2 DESC, 1`;
  return { sql, parameters: params.values };
}

export async function readTypeTotals(db: SqlExecutor, { sql, parameters }: TotalsStatement): Promise<TypeTotal[]> {
  return z.array(typeTotal).parse(await db.$queryRawUnsafe(sql, ...parameters));
}
