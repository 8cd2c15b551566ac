import type { Dimension } from '@tallymark/contract/reports/dimensions';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { type FactCondition, type FactScope, withinScope } from './fact-scope.ts';
import { atPoint, type JourneyPoint } from './report-journey-conditions.ts';
import { SqlParams } from './sql-params.ts';

export interface FunnelStepFacts extends JourneyPoint {
  readonly filter: readonly FactCondition[];
}

export interface FunnelStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

const funnelRows = z.tuple([
  z.object({
    /** Of `FUNNEL_ROW_BYTES` each; null where there is none. */
    taken: z.instanceof(Uint8Array).nullable(),
    /** What the codes of first steps stand for. */
    labels: z.array(z.string()).nullable(),
    withoutVisitor: z.int(),
  }),
]);
export type FunnelRows = z.infer<typeof funnelRows>[0];

/**
 * Steps taken, packed: rows of their own cost more to hand over than to find. Big-endian: visitor (int64), time (int64,
 * microseconds from some moment on), and (int32) the step from 0 in the low four bits, the code of its label above them.
 */
export const FUNNEL_ROW_BYTES = 20;
export const FUNNEL_STEP_BITS = 4;

/**
 * The statement for all facts of visitors who took the first step that are any of the steps; a fact that is several has a
 * row for each. Visitor after visitor, in the order of time and id, and of one fact the later step first: what lies behind
 * a row is then either another fact that is later, or an earlier step.
 */
export function funnelStatement(
  scope: FactScope,
  steps: readonly FunnelStepFacts[],
  breakdown: Dimension | null,
): FunnelStatement {
  const params = new SqlParams();
  const taken = steps.map((step, n) => {
    const label = breakdown ? `, ${n === 0 ? `coalesce(f.${breakdown}, '')` : 'NULL'} AS label` : '';
    return `SELECT f.visitor, f.occurred_at, f.id, ${n} AS step${label} FROM event_facts f
      WHERE ${atPoint(params, step)} AND ${withinScope(params, { ...scope, filter: [...scope.filter, ...step.filter] })}`;
  });
  const { withLabels, code, labels } = breakdown ? CODED : UNCODED;
  // One sort does it all: in it, visitors who did not take the first step cost less than it would to look them up before.
  const sql = `${withLabels(taken.join(' UNION ALL '))}
    SELECT string_agg(v.taken, '') FILTER (WHERE v.started) AS taken, ${labels} AS labels,
      coalesce(sum(v.rows) FILTER (WHERE v.visitor IS NULL), 0)::int AS "withoutVisitor"
    FROM (SELECT t.visitor, count(*) AS rows, t.visitor IS NOT NULL AND bool_or(t.step = 0) AS started,
            string_agg(int8send(t.visitor) || timestamptz_send(t.occurred_at) || int4send(${code} + t.step), ''
                       ORDER BY t.occurred_at, t.id, t.step DESC) AS taken
          FROM taken t GROUP BY t.visitor) AS v`;
  return { sql, parameters: params.values };
}

const UNCODED = { withLabels: (taken: string) => `WITH taken AS (${taken})`, code: '0', labels: 'NULL::text[]' };
const CODED = {
  withLabels: (taken: string) => `WITH uncoded AS MATERIALIZED (${taken}),
    labels AS MATERIALIZED (
      SELECT label, row_number() OVER (ORDER BY label) - 1 AS code
      FROM (SELECT DISTINCT label FROM uncoded WHERE step = 0) AS distinct_labels),
    taken AS (SELECT u.*, l.code FROM uncoded u LEFT JOIN labels l USING (label))`,
  code: `coalesce(t.code, 0)::int * ${1 << FUNNEL_STEP_BITS}`,
  labels: '(SELECT array_agg(label ORDER BY code) FROM labels)',
};

export async function readFunnel(db: SqlExecutor, { sql, parameters }: FunnelStatement): Promise<FunnelRows> {
  return funnelRows.parse(await db.$queryRawUnsafe(sql, ...parameters))[0];
}
