import type { PrismaClient } from '@tallymark/prisma/client';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { EventLogFromElsewhere, type EventLogKind, readEventLog } from '@tallymark/prisma/stores/event-log';
import { saveFactCheckpoint } from '@tallymark/prisma/stores/fact-checkpoint';
import { findOutdatedEvents, findUncountedEvents } from '@tallymark/prisma/stores/fact-inputs';
import { advanceProjection, FACTS, type ProjectionState } from '@tallymark/prisma/stores/projections';
import { type Reconciled, reconcileFacts } from '@tallymark/prisma/stores/reconcile-facts';
import { applyWriteLimits, setWorkMemory } from '@tallymark/prisma/stores/write-limits';
import type { FactDeps } from './fact-deps.ts';
import { upcastProps } from './plan-facts.ts';
import { lockFacts, startOver, takeFacts } from './take-facts.ts';

/** `folded`: there may be more to fold at once. `idle`: time to wait, so that the next fold has more to do. */
export type FoldOutcome = 'folded' | 'idle';

const APPLICATION_NAME = 'tallymark-project';
const LIMITS = { lockTimeoutMs: 20_000, statementTimeoutMs: 120_000, idleInTransactionTimeoutMs: 60_000 };
const TRANSACTION = { maxWait: 10_000, timeout: 300_000 };
/** A fold groups tens of thousands of changes: on disk it takes twice as long. */
const WORK_MEMORY = '64MB';
const LOG_ROWS_AT_ONCE = 1_000;

/** A transaction of the fact writer, or of a fold: it waits for nobody for long. */
export function foldTransaction<Result>(
  prisma: PrismaClient,
  work: (tx: SqlExecutor) => Promise<Result>,
): Promise<Result> {
  return prisma.$transaction(async (tx) => {
    await applyWriteLimits(tx, LIMITS, APPLICATION_NAME);
    await setWorkMemory(tx, WORK_MEMORY);
    return work(tx);
  }, TRANSACTION);
}

/**
 * Takes in what the event log says next: the facts of the events it names become what the events are now, and the
 * position moves with them. `idle` when that was all there was, or another process is at it; `held` while processes with
 * another plan are.
 */
export function foldFacts(deps: FactDeps): Promise<FoldOutcome | 'held'> {
  return foldTransaction(deps.prisma, async (tx) => {
    const taken = await takeFacts(deps, tx);
    if (taken === null) return 'idle';
    if (taken === 'held') return 'held';
    const { state, checkpoint } = taken;
    const page = await readEventLog(tx, checkpoint.position, {
      kinds: kindsOf(deps),
      limit: LOG_ROWS_AT_ONCE,
      events: deps.eventsAtOnce,
    }).catch((error: unknown) => {
      if (error instanceof EventLogFromElsewhere) return null;
      throw error;
    });
    if (page === null) {
      await startOver(deps, tx, 'the database was restored from a dump');
      return 'folded';
    }
    const erased = page.batches.flatMap(({ kind, eventIds }) => (kind === 'erased' ? eventIds : []));
    await reconcile(deps, tx, state, { ids: page.batches.flatMap(({ eventIds }) => eventIds), erased });
    // Also for a page without events: what was looked through need not be again.
    if (page.next.done !== checkpoint.position.done || page.batches.length > 0) {
      await saveFactCheckpoint(tx, { ...checkpoint, position: page.next });
    }
    return page.exhausted ? 'idle' : 'folded';
  });
}

/** Counts events that have waited for their enrichment long enough, or in vain. */
export function foldUnenriched(deps: FactDeps): Promise<FoldOutcome> {
  const { enrichmentPatienceMs, eventsAtOnce, prisma, now } = deps;
  if (enrichmentPatienceMs === null) return Promise.resolve('idle');
  return foldTransaction(prisma, async (tx) => {
    const locked = await lockFacts(deps, tx);
    if (locked === null) return 'idle';
    const ids = await findUncountedEvents(tx, new Date(now().getTime() - enrichmentPatienceMs), eventsAtOnce);
    const counted = await reconcile(deps, tx, locked.state, { ids, erased: [], awaitEnrichment: false });
    return counted.added > 0 ? 'folded' : 'idle';
  });
}

interface EventsToReconcile {
  readonly ids: readonly string[];
  readonly erased: readonly string[];
  /** Default: whether events are enriched at all. */
  readonly awaitEnrichment?: boolean;
}

/** Reconciles facts under the number that follows `state`, which stands where nothing was different. */
export async function reconcile(
  deps: FactDeps,
  tx: SqlExecutor,
  state: ProjectionState,
  { ids, erased, awaitEnrichment = deps.enrichmentPatienceMs !== null }: EventsToReconcile,
): Promise<Reconciled> {
  const outdated = await findOutdatedEvents(tx, ids, deps.facts.versions);
  const reconciled = await reconcileFacts(tx, {
    change: state.change + 1n,
    ids: [...new Set(ids)],
    erased,
    types: deps.facts.types,
    upcast: upcastProps(deps.plan, outdated, deps.log),
    awaitEnrichment,
  });
  const changes = reconciled.added + reconciled.changed + reconciled.removed;
  if (changes > 0) await advanceProjection(tx, FACTS, { change: state.change + 1n, changes: BigInt(changes) });
  return reconciled;
}

/** What is not enriched yet is heard of again when it is. */
const kindsOf = ({ enrichmentPatienceMs }: FactDeps): EventLogKind[] => [
  ...(enrichmentPatienceMs === null ? (['stored'] as const) : []),
  'enriched',
  'revised',
  'marked',
  'unmarked',
  'erased',
];
