import { IngestError } from '@tallymark/contract/errors';
import type { EventRow } from '@tallymark/contract/event-row';
import type { PrismaClient } from '@tallymark/prisma/client';
import { appendLedgerDelta } from '@tallymark/prisma/stores/ledger';
import { storedPayloadHashes } from '@tallymark/prisma/stores/stored-payloads';
import { applyWriteLimits, WRITE_LIMITS } from '@tallymark/prisma/stores/write-limits';
import type { Logger } from 'pino';
import { type Circuit, CircuitOpen } from '../operate/circuit.ts';
import { deadLetter } from './dead-letter.ts';
import type { PartitionKeeper } from './partition-keeper.ts';
import { isMissingPartition, type RowOutcome, storeRows } from './store-rows.ts';

/** What one request adds to the ledger beside its rows. */
export interface DirectCounts {
  readonly duplicates: number;
  readonly sampled: number;
  readonly rejected: Readonly<Record<string, number>>;
}

interface Waiting {
  readonly rows: readonly EventRow[];
  readonly counts: DirectCounts;
  readonly resolve: (outcomes: RowOutcome[]) => void;
  readonly reject: (error: Error) => void;
}

export interface DirectWriterDeps {
  readonly prisma: PrismaClient;
  readonly partitions: PartitionKeeper;
  readonly circuit: Circuit;
  readonly log: Logger;
  readonly now: () => Date;
}

const MOST_ROWS = 1_000;
/** Requests and rows that may wait for a commit; beyond it callers are told to come back, so that memory stays bounded. */
const MOST_WAITING = 5_000;
const MOST_WAITING_ROWS = 20_000;
const RETRY_AFTER_SECONDS = 2;

/**
 * The way in while Redis is away: events go straight to Postgres. Requests that arrive while a commit is under way share
 * the next one, and each is answered after its commit.
 */
export class DirectWriter {
  private waiting: Waiting[] = [];
  private waitingRows = 0;
  private committing: Promise<void> | null = null;

  constructor(private readonly deps: DirectWriterDeps) {}

  /** Outcomes row by row, committed. @throws IngestError when Postgres cannot take them either. */
  write(rows: readonly EventRow[], counts: DirectCounts): Promise<RowOutcome[]> {
    if (this.waiting.length >= MOST_WAITING || this.waitingRows + rows.length > MOST_WAITING_ROWS) {
      return Promise.reject(new IngestError('buffer_full', RETRY_AFTER_SECONDS));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ rows, counts, resolve, reject });
      this.waitingRows += rows.length;
      this.committing ??= this.commitAll().finally(() => {
        this.committing = null;
      });
    });
  }

  /** Payload hash by id, for those that are stored. @throws IngestError when Postgres does not answer. */
  async storedPayloads(ids: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
    try {
      return await this.deps.circuit.prepare(() => storedPayloadHashes(this.deps.prisma, ids));
    } catch (error) {
      throw unavailable(error);
    }
  }

  private async commitAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const group = this.takeGroup();
      try {
        const outcomes = await this.deps.circuit.run(() => this.commitWithRoom(group));
        let at = 0;
        for (const { rows, resolve } of group) {
          resolve(outcomes.slice(at, at + rows.length));
          at += rows.length;
        }
      } catch (error) {
        const level = error instanceof CircuitOpen ? 'debug' : 'error';
        this.deps.log[level]({ err: error, requests: group.length }, 'neither Redis nor Postgres took the events');
        for (const { reject } of group) reject(unavailable(error));
      }
    }
  }

  private takeGroup(): Waiting[] {
    let taken = 0;
    let rows = 0;
    for (const { rows: own } of this.waiting) {
      if (taken > 0 && rows + own.length > MOST_ROWS) break;
      taken += 1;
      rows += own.length;
    }
    this.waitingRows -= rows;
    return this.waiting.splice(0, taken);
  }

  private async commitWithRoom(group: readonly Waiting[]): Promise<RowOutcome[]> {
    try {
      return await this.commit(group);
    } catch (error) {
      if (!isMissingPartition(error)) throw error;
      await this.deps.partitions.makeRoomFor(group.flatMap(({ rows }) => rows));
      return this.commit(group);
    }
  }

  private commit(group: readonly Waiting[]): Promise<RowOutcome[]> {
    const rows = group.flatMap((request) => request.rows);
    return this.deps.prisma.$transaction(
      async (tx) => {
        await applyWriteLimits(tx);
        const outcomes = await storeRows(tx, rows);
        const tally = { stored: 0, merged: 0, conflict: 0, refused: 0 };
        for (const [index, row] of rows.entries()) {
          const outcome = outcomes[index];
          if (!outcome) throw new Error(`No outcome for row ${row.id}.`);
          tally[outcome.kind] += 1;
          if (outcome.kind === 'refused') await deadLetter(tx, row, outcome, this.deps.now());
        }
        await appendLedgerDelta(tx, toDelta(group, tally));
        return outcomes;
      },
      { maxWait: WRITE_LIMITS.lockTimeoutMs, timeout: 2 * WRITE_LIMITS.statementTimeoutMs },
    );
  }
}

function unavailable(cause: unknown): IngestError {
  const seconds = cause instanceof CircuitOpen ? cause.retryAfterSeconds : RETRY_AFTER_SECONDS;
  return new IngestError('stores_unavailable', seconds, { cause });
}

function toDelta(group: readonly Waiting[], tally: Record<RowOutcome['kind'], number>) {
  const rejected: Record<string, number> = tally.conflict > 0 ? { conflict: tally.conflict } : {};
  let sampled = 0;
  let duplicates = tally.merged;
  for (const { counts } of group) {
    duplicates += counts.duplicates;
    sampled += counts.sampled;
    for (const [reason, n] of Object.entries(counts.rejected)) rejected[reason] = (rejected[reason] ?? 0) + n;
  }
  const accepted = tally.stored + tally.refused;
  const rejectedTotal = Object.values(rejected).reduce((sum, n) => sum + n, 0);
  return {
    origin: 'direct' as const,
    received: accepted + duplicates + sampled + rejectedTotal,
    accepted,
    duplicates,
    sampled,
    rejected,
    stored: tally.stored,
    deadLettered: tally.refused,
  };
}
