import type { ReplayOutcome } from '@tallymark/contract/dead-letters';
import type { EventRow } from '@tallymark/contract/event-row';
import type { PrismaClient, PrismaTransaction } from '@tallymark/prisma/client';
import { resolveDeadLetter, storeFailure } from '@tallymark/prisma/stores/dead-letter-changes';
import { findDeadLetter, type StoredDeadLetter } from '@tallymark/prisma/stores/dead-letters';
import { appendLedgerDelta } from '@tallymark/prisma/stores/ledger';
import { applyWriteLimits, WRITE_LIMITS } from '@tallymark/prisma/stores/write-limits';
import { describeFailure } from '../ingest/dead-letter.ts';
import type { PartitionKeeper } from '../ingest/partition-keeper.ts';
import { isMissingPartition, storeRows } from '../ingest/store-rows.ts';
import { DeadLetterError } from './errors.ts';
import { rowToReplay } from './letter-row.ts';

export interface ReplayDeps {
  readonly prisma: PrismaClient;
  readonly partitions: PartitionKeeper;
  readonly now: () => Date;
}

/** The month of the letter's event has no partition; it cannot be made while the transaction waits. */
class NoRoom extends Error {
  constructor(
    readonly row: EventRow,
    cause: unknown,
  ) {
    super('The month of the event has no partition.', { cause });
  }
}

/**
 * Tries once more to store a letter's event: row, ledger and resolution in one transaction that holds the letter. Killed
 * anywhere, all of it happened or none; of many at once one finds the letter open.
 *
 * @throws DeadLetterError, or whatever Postgres says where it is not the row's own fault; the letter is open then.
 */
export async function replayLetter(deps: ReplayDeps, id: string): Promise<ReplayOutcome> {
  try {
    return await replayOnce(deps, id);
  } catch (error) {
    if (!(error instanceof NoRoom)) throw error;
    await deps.partitions.makeRoomFor([error.row]);
    return replayOnce(deps, id);
  }
}

function replayOnce({ prisma, now }: ReplayDeps, id: string): Promise<ReplayOutcome> {
  return prisma.$transaction(
    async (tx) => {
      await applyWriteLimits(tx);
      const letter = await openLetter(tx, id);
      return storeLetter(tx, letter, now());
    },
    { maxWait: WRITE_LIMITS.lockTimeoutMs, timeout: 2 * WRITE_LIMITS.statementTimeoutMs },
  );
}

/** The letter, locked. @throws DeadLetterError `not_found` or `resolved`. */
export async function openLetter(tx: PrismaTransaction, id: string): Promise<StoredDeadLetter> {
  const letter = await findDeadLetter(tx, id, { lock: true });
  if (!letter) throw new DeadLetterError('not_found', `There is no dead letter ${id}.`);
  if (letter.resolution === null) return letter;
  throw new DeadLetterError(
    'resolved',
    `Dead letter ${id} was resolved before: its event is ${letter.resolution} as ${letter.resolvedEventId}.`,
  );
}

async function storeLetter(tx: PrismaTransaction, letter: StoredDeadLetter, at: Date): Promise<ReplayOutcome> {
  const row = rowToReplay(letter);
  const [outcome] = await storeRows(tx, [row]).catch((error: unknown) => {
    throw isMissingPartition(error) ? new NoRoom(row, error) : error;
  });
  if (!outcome) throw new Error(`No outcome for row ${row.id}.`);
  if (outcome.kind === 'stored' || outcome.kind === 'merged') {
    await moveInLedger(tx, outcome.kind, row.count ?? 1);
    const resolved = await resolveDeadLetter(tx, letter.id, { resolution: outcome.kind, eventId: row.id, at });
    if (!resolved) throw new Error(`Dead letter ${letter.id} was resolved while it was held.`);
    return { outcome: outcome.kind, eventId: row.id };
  }
  const failure = describeFailure(outcome);
  await storeFailure(tx, letter.id, failure);
  if (outcome.kind === 'refused') return { outcome: 'still_refused', eventId: row.id, message: failure.message };
  const message = `${failure.message} Repair the letter with asNewEvent to keep both.`;
  return { outcome: 'conflict', eventId: row.id, message };
}

/**
 * Takes back what the flush counted as dead-lettered: the row's `count`. An aggregated row counts as stored, because
 * appended ledger rows have no column for it, and because it stands alone: no flush adds it up with others.
 */
async function moveInLedger(tx: PrismaTransaction, to: 'stored' | 'merged', events: number): Promise<void> {
  const nothing = { received: 0, accepted: 0, duplicates: 0, sampled: 0, rejected: {} };
  const moved = { stored: 0, merged: 0, [to]: events };
  await appendLedgerDelta(tx, { origin: 'replay', ...nothing, ...moved, deadLettered: -events });
}
