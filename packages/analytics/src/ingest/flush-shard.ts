import type { EventRow } from '@tallymark/contract/event-row';
import type { PrismaClient, PrismaTransaction } from '@tallymark/prisma/client';
import {
  advanceCheckpoint,
  type Checkpoint,
  claimCheckpoint,
  type FlushedCounts,
} from '@tallymark/prisma/stores/checkpoints';
import { applyWriteLimits, WRITE_LIMITS } from '@tallymark/prisma/stores/write-limits';
import type { BufferEntry, EventBuffer } from '@tallymark/redis/event-buffer';
import { aggregateRows } from './aggregate.ts';
import { deadLetter } from './dead-letter.ts';
import { unpackRows } from './packed-rows.ts';
import { storeRows } from './store-rows.ts';

/** The checkpoint is held or was moved by another flusher; what was read is not ours to store. */
export class CheckpointMoved extends Error {
  override readonly name = 'CheckpointMoved';
}

export interface FlushedBatch {
  readonly checkpoint: Checkpoint;
  readonly counts: FlushedCounts;
  /** Ids of the rows this flush stored. */
  readonly storedIds: readonly string[];
  /** The stream was not the one the checkpoint knew, and was read from its first entry. */
  readonly replaced: boolean;
}

export interface FlushBatch {
  readonly from: Checkpoint;
  readonly entries: readonly BufferEntry[];
  readonly rows: readonly EventRow[];
  /** How many of the rows, from the end, are aggregates. */
  readonly aggregateCount: number;
  readonly replaced: boolean;
}

const MAX_BATCH_BYTES = 8 * 1024 * 1024;

/** Reads the entries behind a checkpoint; null when there are none. */
export async function readBatch(buffer: EventBuffer, from: Checkpoint, maxEvents: number): Promise<FlushBatch | null> {
  const { entries, replaced } = await buffer.read(from.shard, from, { maxEvents, maxBytes: MAX_BATCH_BYTES });
  if (entries.length === 0) return null;
  const aggregates = aggregateRows(entries.flatMap(({ shared, aggregates }) => unpackRows(shared, aggregates)));
  const rows = [...entries.flatMap(({ shared, rows }) => unpackRows(shared, rows)), ...aggregates];
  return { from, entries, rows, aggregateCount: aggregates.length, replaced };
}

/**
 * Moves a batch into Postgres: rows, dead letters, ledger columns and checkpoint in one transaction. Killed anywhere,
 * either all of it happened or none.
 *
 * @throws CheckpointMoved, or whatever Postgres says; after an error read the checkpoint again.
 */
export async function storeBatch(prisma: PrismaClient, batch: FlushBatch, now: Date): Promise<FlushedBatch> {
  const last = batch.entries.at(-1);
  if (!last) throw new Error('A batch has at least one entry.');
  const to = { entryId: last.id, nonce: last.nonce };
  const { counts, storedIds } = await prisma.$transaction(
    async (tx) => {
      await applyWriteLimits(tx);
      if (!(await claimCheckpoint(tx, batch.from))) throw new CheckpointMoved();
      const stored = await storeAndCount(tx, batch, now);
      if (!(await advanceCheckpoint(tx, batch.from, to, stored.counts))) throw new CheckpointMoved();
      return stored;
    },
    { maxWait: WRITE_LIMITS.lockTimeoutMs, timeout: 2 * WRITE_LIMITS.statementTimeoutMs },
  );
  return { checkpoint: { shard: batch.from.shard, ...to }, counts, storedIds, replaced: batch.replaced };
}

async function storeAndCount(tx: PrismaTransaction, batch: FlushBatch, now: Date) {
  const outcomes = await storeRows(tx, batch.rows);
  const tally = { stored: 0, aggregated: 0, merged: 0, deadLettered: 0 };
  const storedIds: string[] = [];
  const firstAggregate = batch.rows.length - batch.aggregateCount;
  for (const [index, row] of batch.rows.entries()) {
    const outcome = outcomes[index];
    if (!outcome) throw new Error(`No outcome for row ${row.id}.`);
    const events = row.count ?? 1;
    if (outcome.kind === 'stored') {
      tally[index < firstAggregate ? 'stored' : 'aggregated'] += events;
      storedIds.push(row.id);
    } else if (outcome.kind === 'merged') {
      tally.merged += events;
    } else {
      tally.deadLettered += events;
      await deadLetter(tx, row, outcome, now);
    }
  }
  return { storedIds, counts: { ...sumEntries(batch.entries), ...tally } };
}

function sumEntries(entries: readonly BufferEntry[]) {
  const sum = { received: 0, accepted: 0, duplicates: 0, sampled: 0 };
  const rejected: Record<string, number> = {};
  for (const { totals, rejectedByReason } of entries) {
    sum.received += totals.received;
    sum.accepted += totals.accepted;
    sum.duplicates += totals.duplicates;
    sum.sampled += totals.sampled;
    for (const [reason, n] of Object.entries(rejectedByReason)) rejected[reason] = (rejected[reason] ?? 0) + n;
  }
  return { ...sum, rejected };
}
