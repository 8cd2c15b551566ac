import { setTimeout as pause } from 'node:timers/promises';
import { sqlStateOf } from '@tallymark/prisma/sql-state';
import { deleteEvents, limitBatch, lockDueEvents } from '@tallymark/prisma/stores/retention-batch';
import { countEventGroups } from '@tallymark/prisma/stores/retention-census';
import { addRemoved } from '@tallymark/prisma/stores/retention-runs';
import { lockFactWriter } from '@tallymark/prisma/stores/retention-uncounted';
import { backoffMs } from '../ingest/backoff.ts';
import type { RetentionRunContext } from './deps.ts';
import type { Month } from './month.ts';
import type { MonthPlan, MonthReport } from './shapes.ts';
import { stillDue } from './still-due.ts';
import { whyUncounted } from './uncounted.ts';

const LOCK_TIMEOUT_MS = 1_000;
/** A fold of many events lasts some seconds; nothing else is locked meanwhile. */
const WRITER_TIMEOUT_MS = 10_000;
const TRANSACTION_TIMEOUT_MS = 120_000;
const LOG_EVERY_BATCHES = 20;
/** Somebody else holds a row: lock not available, deadlock detected. */
const HELD = new Set(['55P03', '40P01']);

/**
 * Deletes what the plan counted, in batches of a transaction each and in id order. Rows that somebody holds are passed
 * over and left to the next run, and so is what is not counted yet from the first such batch on.
 */
export async function deleteDue(context: RetentionRunContext, month: Month, plan: MonthPlan): Promise<MonthReport> {
  const { log, signal, config } = context;
  let from = month.ids.from;
  let removed = 0;
  let uncounted: string | null = null;
  for (let batches = 1; !signal?.aborted; batches += 1) {
    const batch = await patiently(config.patienceMs, () => deleteBatch(context, month, plan, from));
    uncounted = batch?.uncounted ?? null;
    if (batch === null || uncounted !== null) break;
    const { ids } = batch;
    removed += ids.length;
    if (ids.length < config.batchRows) break;
    from = ids.at(-1) ?? from;
    if (batches % LOG_EVERY_BATCHES === 0) log.info({ month: month.label, removed, of: plan.rows }, 'removing events');
  }
  const left = removed < plan.rows ? await countDue(context, month, plan) : 0;
  return {
    month: month.label,
    outcome: left > 0 ? 'postponed' : 'deleted',
    removed,
    reason: left > 0 ? whyLeft(left, uncounted) : null,
    archive: null,
  };
}

const whyLeft = (left: number, uncounted: string | null) =>
  uncounted === null
    ? `${left} events were held by other transactions or being counted all the time, or the run was stopped`
    : `${left} events stay: ${uncounted}`;

interface DeletedBatch {
  readonly ids: readonly string[];
  /** Why nothing was deleted. */
  readonly uncounted: string | null;
}

async function deleteBatch(
  context: RetentionRunContext,
  month: Month,
  plan: MonthPlan,
  from: string,
): Promise<DeletedBatch> {
  const { prisma, config, runId } = context;
  const cutoffs = await stillDue(context, plan, plan.groups);
  return prisma.$transaction(
    async (tx) => {
      // Before any event is locked, so that nobody waits for those while events are being counted.
      await limitBatch(tx, WRITER_TIMEOUT_MS);
      await lockFactWriter(tx);
      await limitBatch(tx, LOCK_TIMEOUT_MS);
      const ids = await lockDueEvents(tx, { from, to: month.ids.to }, cutoffs, config.batchRows);
      if (ids.length === 0) return { ids, uncounted: null };
      const uncounted = await whyUncounted(tx, month, ids);
      if (uncounted !== null) return { ids: [], uncounted };
      await deleteEvents(tx, ids, month.ids);
      await addRemoved(tx, runId, { removed: ids.length, partitions: [] });
      return { ids, uncounted };
    },
    { maxWait: config.patienceMs, timeout: TRANSACTION_TIMEOUT_MS },
  );
}

/** Null when the rows were still held after `patienceMs`. */
async function patiently<Result>(patienceMs: number, work: () => Promise<Result>): Promise<Result | null> {
  const deadline = performance.now() + patienceMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!HELD.has(sqlStateOf(error)?.state ?? '')) throw error;
      if (performance.now() >= deadline) return null;
      await pause(backoffMs(attempt));
    }
  }
}

async function countDue(context: RetentionRunContext, { names }: Month, plan: MonthPlan): Promise<number> {
  const counts = await countEventGroups(context.prisma, names.events, await stillDue(context, plan, plan.groups));
  return counts.reduce((sum, { due }) => sum + due, 0);
}
