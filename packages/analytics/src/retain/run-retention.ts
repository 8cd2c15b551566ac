import { leavingPartitions, parseMonth } from '@tallymark/prisma/stores/partitions';
import { deleteOldBookkeeping } from '@tallymark/prisma/stores/retention-bookkeeping';
import { finishRetentionRun, startRetentionRun } from '@tallymark/prisma/stores/retention-runs';
import { raiseSessionGeneration } from '@tallymark/prisma/stores/session-generation';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { deleteDue } from './delete-due.ts';
import type { RetentionDeps, RetentionRunContext } from './deps.ts';
import { MonthInUse } from './detach-month.ts';
import { dropMonth, putBack } from './drop-month.ts';
import { monthOf } from './month.ts';
import { planRetention } from './plan-retention.ts';
import type { CleanupReport, MonthPlan, MonthReport, RetentionPlan } from './shapes.ts';
import { MonthUncounted } from './uncounted.ts';

const RATES_KEPT_DAYS = 90;
const RUNS_KEPT_DAYS = 365;
/** Of dead letters that were replayed. */
const LETTERS_KEPT_DAYS = 90;
const DAY_MS = 86_400_000;

/** One run, by whoever holds the lock for it. A month that fails is reported and does not keep the others. */
export async function runRetention(deps: RetentionDeps, signal?: AbortSignal): Promise<CleanupReport> {
  const at = deps.now();
  const runId = uuidV7(at.getTime());
  const context: RetentionRunContext = { ...deps, runId, at, signal };
  const stuck = await putBackLeftovers(context);
  const plan = await planRetention(deps, { at, countKept: false });
  await startRetentionRun(deps.prisma, { id: runId, removedTo: newestCutoff(plan), startedAt: at });
  const months: MonthReport[] = [...stuck];
  for (const month of plan.months) {
    if (signal?.aborted) break;
    if (month.action !== 'keep') months.push(await carryOut(context, month));
  }
  const error = summaryOf(months, signal);
  // What Redis holds of sessions may begin with events that are gone.
  await raiseSessionGeneration(deps.prisma);
  const removed = await finishRetentionRun(deps.prisma, { id: runId, finishedAt: deps.now(), error });
  // Behind the end of the run: until then it counts as one that may have removed all it set out to.
  await deleteOldBookkeeping(deps.prisma, {
    ratesBefore: new Date(at.getTime() - RATES_KEPT_DAYS * DAY_MS),
    runsBefore: new Date(at.getTime() - RUNS_KEPT_DAYS * DAY_MS),
    lettersBefore: new Date(at.getTime() - LETTERS_KEPT_DAYS * DAY_MS),
  });
  deps.log.info({ runId, removed, months: months.length, error }, 'retention done');
  return { runId, plan, removed, months, complete: error === null };
}

/** Months that a killed run has begun to take away begin anew: what is true of them may have changed since. */
async function putBackLeftovers(context: RetentionRunContext): Promise<MonthReport[]> {
  const leaving = await leavingPartitions(context.prisma);
  const begun = leaving.filter(({ state }) => state !== 'attached').map(({ name }) => name.slice(-'2025_01'.length));
  const stuck: MonthReport[] = [];
  for (const label of new Set(begun)) {
    const range = parseMonth(label);
    if (!range) continue;
    try {
      await putBack(context, monthOf(label, range));
    } catch (error) {
      context.log.warn({ err: error, month: label }, 'an earlier run left the month half detached');
      stuck.push(postponed(label, `an earlier run left it half detached: ${messageOf(error)}`));
    }
  }
  return stuck;
}

async function carryOut(context: RetentionRunContext, plan: MonthPlan): Promise<MonthReport> {
  const { log } = context;
  const range = parseMonth(plan.month);
  if (!range) throw new Error(`${plan.month} is no month.`);
  const month = monthOf(plan.month, range);
  try {
    const report = await (plan.action === 'drop' ? dropMonth : deleteDue)(context, month, plan);
    if (report.outcome === 'postponed') log.warn(report, 'the month stays for now');
    else log.info(report, 'events removed');
    return report;
  } catch (error) {
    const expected = error instanceof MonthInUse || error instanceof MonthUncounted;
    if (expected) log.warn({ month: plan.month, reason: error.message }, 'the month stays for now');
    else log.error({ err: error, month: plan.month }, 'the month stays for now');
    return postponed(plan.month, messageOf(error));
  }
}

const postponed = (month: string, reason: string): MonthReport => ({
  month,
  outcome: 'postponed',
  removed: 0,
  reason,
  archive: null,
});

/** The newest time before which the run may remove something; the beginning of time where there is nothing to remove. */
function newestCutoff({ months, defaultCutoff }: RetentionPlan): Date {
  const reached = months.flatMap(({ action, groups }) => [
    ...groups.flatMap(({ due, cutoff }) => (due > 0 && cutoff ? cutoff : [])),
    ...(action === 'drop' && defaultCutoff ? [defaultCutoff] : []),
  ]);
  return new Date(Math.max(0, ...(reached.length > 0 ? reached : [defaultCutoff ?? 0]).map(Number)));
}

function summaryOf(months: readonly MonthReport[], signal: AbortSignal | undefined): string | null {
  const reasons = months.flatMap(({ month, outcome, reason }) =>
    outcome === 'postponed' ? `${month}: ${reason}` : [],
  );
  if (signal?.aborted) reasons.push('The run was stopped before its end.');
  return reasons.length > 0 ? reasons.join('\n') : null;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error)).trim();
