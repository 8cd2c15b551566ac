import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { currentLogPosition } from '@tallymark/prisma/stores/event-log';
import {
  type FactCheckpoint,
  holdFacts,
  readFactCheckpoint,
  saveFactCheckpoint,
  systemIdentifier,
} from '@tallymark/prisma/stores/fact-checkpoint';
import { FACTS, lockProjection, type ProjectionState } from '@tallymark/prisma/stores/projections';
import { compareAllFacts } from './compare-all-facts.ts';
import type { FactDeps } from './fact-deps.ts';

/** Facts, locked until the transaction ends: nobody else writes them. */
export interface LockedFacts {
  readonly state: ProjectionState;
  readonly checkpoint: FactCheckpoint;
}

/**
 * Locks facts that are made by this process's plan. Null where another process is at it, or they are made by another
 * plan, which `takeFacts` sees to.
 */
export async function lockFacts(deps: FactDeps, tx: SqlExecutor): Promise<LockedFacts | null> {
  const state = await lockProjection(tx, FACTS);
  if (state === null) return null;
  const found = await readFactCheckpoint(tx);
  if (found === null || found.checkpoint.planDigest !== deps.facts.digest) return null;
  await holdFacts(tx);
  return { state, checkpoint: found.checkpoint };
}

/**
 * Locks facts; where they were made by another plan, in another database, or not at all, all are compared anew. `held`:
 * processes with another plan are at work. They keep facts until they are gone: while an upgrade rolls, old and new would
 * undo each other's work. Null where another process is at it.
 */
export async function takeFacts(deps: FactDeps, tx: SqlExecutor): Promise<LockedFacts | 'held' | null> {
  const state = await lockProjection(tx, FACTS);
  if (state === null) return null;
  const found = await readFactCheckpoint(tx);
  if (found === null) return { state, checkpoint: await startOver(deps, tx, 'no events are counted yet') };
  const { checkpoint, held } = found;
  if (checkpoint.systemIdentifier !== (await systemIdentifier(tx))) {
    return { state, checkpoint: await startOver(deps, tx, 'the database was moved to another cluster') };
  }
  if (checkpoint.planDigest === deps.facts.digest) {
    await holdFacts(tx);
    return { state, checkpoint };
  }
  if (held) return 'held';
  const renewed = { ...checkpoint, planDigest: deps.facts.digest };
  await saveFactCheckpoint(tx, renewed);
  await compareAllFacts(tx, deps.log, 'the tracking plan has changed');
  return { state, checkpoint: renewed };
}

/** Reads the log from now on, and compares all there is with the events. */
export async function startOver(deps: FactDeps, tx: SqlExecutor, reason: string): Promise<FactCheckpoint> {
  const checkpoint = {
    position: await currentLogPosition(tx),
    planDigest: deps.facts.digest,
    systemIdentifier: await systemIdentifier(tx),
  };
  await saveFactCheckpoint(tx, checkpoint);
  await compareAllFacts(tx, deps.log, reason);
  return checkpoint;
}
