import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { expectedEvents, nextEventChunk } from '@tallymark/prisma/stores/event-chunks';
import { refuseLeavingMonths } from '@tallymark/prisma/stores/fact-months';
import {
  FACTS,
  failProjection,
  latestChange,
  lockProjection,
  lockRetractions,
  readProjection,
  takeOverProjection,
} from '@tallymark/prisma/stores/projections';
import { finishRebuild, lockRebuild, type Rebuild, saveRebuildProgress } from '@tallymark/prisma/stores/rebuilds';
import { retentionFloor } from '@tallymark/prisma/stores/retention-runs';
import {
  compareWithShadow,
  createShadows,
  dropShadows,
  keepOlderRows,
  shadowOf,
  swapShadows,
} from '@tallymark/prisma/stores/shadow-tables';
import { FACTS_VERSION } from './compare-all-facts.ts';
import type { FactDeps } from './fact-deps.ts';
import { type FoldOutcome, foldTransaction, reconcile } from './fold-facts.ts';
import { isObstacle } from './obstacle.ts';
import type { Projection } from './projection.ts';
import { tookTooLong } from './step-size.ts';
import { lockFacts } from './take-facts.ts';

const NO_DIFFERENCE = { rowsDiffer: 0n, differences: [], error: null } as const;
const MOST_DIFFERENCES = 50;
const DAY_MS = 86_400_000;

/**
 * Takes the next step of a rebuild: compares some facts with their events, folds some changes into the tables aside, or,
 * when all is folded, compares and swaps. Each step is a transaction that moves the rebuild's place with it. An error that
 * time alone does not take away ends the rebuild, not the projection.
 */
export async function stepRebuild(
  deps: FactDeps,
  projection: Projection | null,
  changesAtOnce: number,
): Promise<FoldOutcome> {
  try {
    return await foldTransaction(deps.prisma, async (tx) => {
      const rebuild = await lockRebuild(tx, projection?.name ?? FACTS, projection?.version ?? FACTS_VERSION);
      if (rebuild === null) return 'idle';
      if (rebuild.phase === 'facts') return compareFacts(deps, tx, rebuild, projection);
      if (projection === null) throw new Error(`A rebuild of facts has no phase "${rebuild.phase}".`);
      if (rebuild.phase === 'fold') return foldAside(tx, rebuild, projection, changesAtOnce);
      return swap(deps, tx, rebuild, projection, changesAtOnce);
    });
  } catch (error) {
    if (isObstacle(error) || (changesAtOnce > 1 && tookTooLong(error))) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    deps.log.error({ err: error, projection: projection?.name ?? FACTS }, 'rebuild failed');
    await endRebuild(deps, projection, { phase: 'failed', error: reason });
    return 'idle';
  }
}

/** Facts follow from events: whatever is not what its event says becomes so, as any other change. */
async function compareFacts(
  deps: FactDeps,
  tx: SqlExecutor,
  rebuild: Rebuild,
  projection: Projection | null,
): Promise<FoldOutcome> {
  const locked = await lockFacts(deps, tx);
  if (locked === null) return 'idle';
  // It would be passed over, and may be put back.
  await refuseLeavingMonths(tx);
  const total = rebuild.cursor === null ? BigInt(Math.round(await expectedEvents(tx))) : rebuild.total;
  const chunk = await nextEventChunk(tx, rebuild.cursor, rebuild.floor, deps.eventsAtOnce);
  const reconciled = await reconcile(deps, tx, locked.state, { ids: chunk.ids, erased: chunk.withoutEvent });
  const processed = rebuild.processed + BigInt(chunk.ids.length);
  const differ = BigInt(reconciled.added + reconciled.changed + reconciled.removed);
  const progress = {
    cursor: chunk.ids.at(-1) ?? rebuild.cursor,
    processed,
    total: total > processed ? total : processed,
    factsDiffer: rebuild.factsDiffer + differ,
  };
  if (!chunk.last) await saveRebuildProgress(tx, rebuild.id, { ...progress, phase: 'facts' });
  else if (projection === null) {
    await saveRebuildProgress(tx, rebuild.id, { ...progress, phase: 'facts' });
    await finishRebuild(tx, rebuild.id, { ...NO_DIFFERENCE, phase: 'done' });
  } else {
    await lockRetractions(tx);
    await createShadows(tx, tablesOf(projection));
    const latest = await latestChange(tx);
    await saveRebuildProgress(tx, rebuild.id, {
      ...progress,
      phase: 'fold',
      cursor: '0',
      processed: 0n,
      total: latest,
    });
  }
  return 'folded';
}

/** Never further than the live tables, which it is to be compared with. */
async function foldAside(
  tx: SqlExecutor,
  rebuild: Rebuild,
  projection: Projection,
  changesAtOnce: number,
): Promise<FoldOutcome> {
  const live = await lockProjection(tx, projection.name);
  if (live === null) return 'idle';
  const after = BigInt(rebuild.cursor ?? '0');
  const upTo = smaller(after + BigInt(changesAtOnce), live.change);
  if (upTo > after) await projection.fold(tx, { after, upTo, table: shadowOf });
  await saveRebuildProgress(tx, rebuild.id, {
    phase: upTo >= live.change ? 'compare' : 'fold',
    cursor: String(upTo),
    processed: upTo,
    total: live.change,
    factsDiffer: rebuild.factsDiffer,
  });
  return 'folded';
}

/** Holds the projection where it is, takes in what is left, and puts the new tables in place of the old ones. */
async function swap(
  deps: FactDeps,
  tx: SqlExecutor,
  rebuild: Rebuild,
  projection: Projection,
  changesAtOnce: number,
): Promise<FoldOutcome> {
  const live = await lockProjection(tx, projection.name);
  if (live === null) return 'idle';
  const after = BigInt(rebuild.cursor ?? '0');
  // Something has kept it from swapping for long, and the live tables went on meanwhile.
  if (live.change - after > BigInt(changesAtOnce)) return foldAside(tx, rebuild, projection, changesAtOnce);
  if (live.change > after) await projection.fold(tx, { after, upTo: live.change, table: shadowOf });
  // Retention may have gone on since the rebuild was asked for.
  const floor = later(rebuild.floor, await retentionFloor(tx));
  const since = floor === null ? null : nextMonth(addDays(floor, projection.lookBackDays ?? 0));
  if (since !== null) await projection.leaveKept?.(tx, { since, table: shadowOf });
  const differences: unknown[] = [];
  let rowsDiffer = 0;
  for (const { name: table, time, derived } of projection.tables) {
    if (derived) continue;
    if (since !== null) await keepOlderRows(tx, { table, time, since });
    const found = await compareWithShadow(tx, table);
    rowsDiffer += found.count;
    differences.push(...found.rows);
  }
  await swapShadows(tx, tablesOf(projection));
  await takeOverProjection(tx, projection);
  await finishRebuild(tx, rebuild.id, {
    phase: 'done',
    rowsDiffer: BigInt(rowsDiffer),
    differences: differences.slice(0, MOST_DIFFERENCES),
    error: null,
  });
  const facts = { projection: projection.name, rowsDiffer, factsDiffer: Number(rebuild.factsDiffer) };
  if (rowsDiffer > 0) deps.log.warn(facts, 'the read model was not what its facts say; it is now');
  else deps.log.info(facts, 'read model rebuilt');
  return 'folded';
}

/** Leaves the read model as it is. False where no rebuild is under way, or a step of it just now. */
export function endRebuild(
  { prisma }: Pick<FactDeps, 'prisma'>,
  projection: Projection | null,
  end: { readonly phase: 'failed' | 'cancelled'; readonly error: string | null },
): Promise<boolean> {
  return foldTransaction(prisma, async (tx) => {
    const rebuild = await lockRebuild(tx, projection?.name ?? FACTS);
    if (rebuild === null) return false;
    if (projection !== null) await dropShadows(tx, tablesOf(projection));
    await finishRebuild(tx, rebuild.id, { ...NO_DIFFERENCE, ...end });
    if (projection !== null) await failIfOutdated(tx, projection, end.error ?? end.phase);
    return true;
  });
}

/** Without its rebuild a read model of an earlier version is folded by nobody. */
async function failIfOutdated(tx: SqlExecutor, { name, version }: Projection, reason: string): Promise<void> {
  const state = await readProjection(tx, name);
  if (state === null || state.version >= version) return;
  const error = `It is of version ${state.version}, and its rebuild to version ${version} has ended: ${reason}. Rebuild it again.`;
  await failProjection(tx, name, { error, nextAttemptAt: null });
}

const tablesOf = ({ tables }: Projection) => tables.map(({ name }) => name);
const later = (a: Date | null, b: Date | null) => (a !== null && (b === null || a > b) ? a : b);
const smaller = (a: bigint, b: bigint) => (a < b ? a : b);

const addDays = (date: Date, days: number) => new Date(date.getTime() + days * DAY_MS);

/** Months before it may have lost events to retention, whole or in part. */
function nextMonth(floor: Date): Date {
  const start = new Date(Date.UTC(floor.getUTCFullYear(), floor.getUTCMonth()));
  return start.getTime() === floor.getTime()
    ? start
    : new Date(Date.UTC(floor.getUTCFullYear(), floor.getUTCMonth() + 1));
}
