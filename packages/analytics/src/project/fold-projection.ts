import type { PrismaClient } from '@tallymark/prisma/client';
import { advanceProjection, latestChange, lockProjection } from '@tallymark/prisma/stores/projections';
import { type FoldOutcome, foldTransaction } from './fold-facts.ts';
import type { Projection } from './projection.ts';

/**
 * Folds the next changes of facts, at most `changesAtOnce`, into the tables of a projection; its checkpoint moves with
 * them. `idle` when that brought it up to date, or another process is at it.
 */
export function foldProjection(
  prisma: PrismaClient,
  projection: Projection,
  changesAtOnce: number,
): Promise<FoldOutcome> {
  return foldTransaction(prisma, async (tx) => {
    const state = await lockProjection(tx, projection.name);
    // Tables of another version are another's: a process that is being replaced, or one that is yet to rebuild them.
    if (state === null || state.version !== projection.version) return 'idle';
    const latest = await latestChange(tx);
    if (state.change >= latest) return 'idle';
    const upTo = state.change + BigInt(changesAtOnce) < latest ? state.change + BigInt(changesAtOnce) : latest;
    await projection.fold(tx, { after: state.change, upTo, table: (name) => name });
    await advanceProjection(tx, projection.name, { change: upTo, changes: upTo - state.change });
    return upTo < latest ? 'folded' : 'idle';
  });
}
