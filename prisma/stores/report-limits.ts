import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

export interface ReportLimits {
  readonly statementTimeoutMs: number;
  /** How the transaction shows in pg_stat_activity. */
  readonly applicationName: string;
}

const WORK_MEM = '64MB';

/** Bounds a reading transaction on the server's side, whatever becomes of this process. Lasts until it ends. */
export async function applyReportLimits(db: SqlExecutor, limits: ReportLimits): Promise<void> {
  // Compiling takes longer than most of the statements it is for.
  await db.$queryRaw`
    SELECT set_config('transaction_read_only', 'on', true),
           set_config('statement_timeout', ${`${limits.statementTimeoutMs}ms`}, true),
           set_config('idle_in_transaction_session_timeout', ${`${limits.statementTimeoutMs}ms`}, true),
           set_config('work_mem', ${WORK_MEM}, true),
           set_config('jit', 'off', true),
           set_config('application_name', ${limits.applicationName}, true)`;
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Plan Rows': number;
  readonly 'Total Cost': number;
  readonly Plans?: readonly PlanNode[];
}

const planNode: z.ZodType<PlanNode> = z.object({
  'Node Type': z.string(),
  'Plan Rows': z.number(),
  'Total Cost': z.number(),
  Plans: z.lazy(() => z.array(planNode)).optional(),
});
const explained = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: planNode })]) })]);

export interface ExpectedWork {
  /** That tables and indexes give, after their filters. */
  readonly rows: number;
  /** In the planner's unit, the time of one page read in order. */
  readonly cost: number;
}

/** What the planner expects of a statement, right within a factor of two or so. */
export async function expectedWork(
  db: SqlExecutor,
  sql: string,
  parameters: readonly unknown[],
): Promise<ExpectedWork> {
  const answer = await db.$queryRawUnsafe(`EXPLAIN (FORMAT JSON) ${sql}`, ...parameters);
  const plan = explained.parse(answer)[0]['QUERY PLAN'][0].Plan;
  return { rows: scanned(plan), cost: plan['Total Cost'] };
}

function scanned(node: PlanNode): number {
  const below = (node.Plans ?? []).reduce((sum, child) => sum + scanned(child), 0);
  return node['Node Type'].endsWith('Scan') && !node['Node Type'].startsWith('CTE') ? below + node['Plan Rows'] : below;
}
