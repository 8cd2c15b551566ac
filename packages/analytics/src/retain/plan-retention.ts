import { listEventArchives } from '@tallymark/prisma/stores/archives';
import { listPartitions } from '@tallymark/prisma/stores/partitions';
import type { KeepRule } from './cutoffs.ts';
import { type RetentionDeps, readCutoffs } from './deps.ts';
import { monthsOf } from './month.ts';
import { planMonth } from './plan-month.ts';
import type { MonthPlan, RetentionPlan } from './shapes.ts';

export interface PlanOptions {
  readonly at: Date;
  /** Counts also in months of which nothing may go, for people to see. */
  readonly countKept: boolean;
  /** As if this rule were set. */
  readonly withRule?: KeepRule | undefined;
}

/** What would go at the time `at`. */
export async function planRetention(deps: RetentionDeps, options: PlanOptions): Promise<RetentionPlan> {
  const { at, countKept, withRule } = options;
  const { prisma, config } = deps;
  const cutoffs = await readCutoffs(deps, at, withRule);
  const newest = cutoffs.newest();
  const held = new Map((await listEventArchives(prisma)).map(({ month, heldUntil }) => [month, heldUntil]));
  const months: MonthPlan[] = [];
  for (const month of monthsOf(await listPartitions(prisma))) {
    if (newest === null || month.from >= newest) continue;
    const until = held.get(month.label) ?? null;
    const heldUntil = until !== null && until > at ? until : null;
    const plan = await planMonth(prisma, month, {
      cutoffs,
      heldUntil,
      archive: config.archiveDir !== null,
      countKept,
    });
    if (plan) months.push(plan);
  }
  return {
    at,
    defaultCutoff: cutoffs.fallback,
    rows: months.reduce((sum, { rows }) => sum + rows, 0),
    bytes: months.reduce((sum, { action, bytes }) => sum + (action === 'drop' ? bytes : 0), 0),
    months,
  };
}
