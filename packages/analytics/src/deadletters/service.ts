import {
  type DeadLetter,
  type DeadLetterCounts,
  type DeadLetterPage,
  type DeadLetterQuery,
  type DeadLetterRepair,
  deadLetterQuery,
  deadLetterRepair,
  type ReplayAllQuery,
  type ReplayAllResult,
  type ReplayOutcome,
  replayAllQuery,
} from '@tallymark/contract/dead-letters';
import type { EventRow } from '@tallymark/contract/event-row';
import type { TrackingPlan } from '@tallymark/contract/plan';
import type { PrismaClient, PrismaTransaction } from '@tallymark/prisma/client';
import { storeRepair } from '@tallymark/prisma/stores/dead-letter-changes';
import { countDeadLetters } from '@tallymark/prisma/stores/dead-letter-counts';
import { listDeadLetters, listOpenDeadLetters } from '@tallymark/prisma/stores/dead-letter-lists';
import { findDeadLetter, type StoredDeadLetter } from '@tallymark/prisma/stores/dead-letters';
import { storedPayloadHashes } from '@tallymark/prisma/stores/stored-payloads';
import { applyWriteLimits, WRITE_LIMITS } from '@tallymark/prisma/stores/write-limits';
import type { Logger } from 'pino';
import type { PartitionKeeper } from '../ingest/partition-keeper.ts';
import { cursorOf, placeOf } from './cursor.ts';
import { DeadLetterError } from './errors.ts';
import { acceptedRow, describePayload } from './letter-row.ts';
import { repairRow } from './repair.ts';
import { openLetter, replayLetter } from './replay.ts';

export interface DeadLetterDeps {
  readonly prisma: PrismaClient;
  readonly plan: TrackingPlan;
  readonly log: Logger;
  readonly now: () => Date;
  readonly partitions: PartitionKeeper;
}

/** Accepted events that could not be stored: to be read, repaired, and stored after all, each exactly once. */
export class DeadLetterService {
  constructor(private readonly deps: DeadLetterDeps) {}

  /** One page, newest first. @throws DeadLetterError `invalid` for a cursor of its caller's own making. */
  async list(query: DeadLetterQuery = {}): Promise<DeadLetterPage> {
    const { cursor, limit, ...filter } = deadLetterQuery.parse(query);
    // One more than asked for tells whether there is another page.
    const found = await listDeadLetters(this.deps.prisma, filter, { after: placeOf(cursor), limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return { items: page.map(present), nextCursor: last && found.length > limit ? cursorOf(last) : null };
  }

  /** @throws DeadLetterError `not_found`. */
  async get(id: string): Promise<DeadLetter> {
    const letter = await findDeadLetter(this.deps.prisma, id, { lock: false });
    if (!letter) throw new DeadLetterError('not_found', `There is no dead letter ${id}.`);
    return present(letter);
  }

  counts(): Promise<DeadLetterCounts> {
    return countDeadLetters(this.deps.prisma);
  }

  /**
   * Says what to change about the event; `replay` then stores it that way. Each repair starts from the event as it was
   * accepted, and takes the place of the one before it.
   *
   * @throws DeadLetterError `invalid` with what speaks against the event, `resolved`, `unreadable` or `not_found`.
   */
  async repair(id: string, changes: DeadLetterRepair): Promise<DeadLetter> {
    const repair = deadLetterRepair.parse(changes);
    const { prisma, plan, now } = this.deps;
    return prisma.$transaction(
      async (tx) => {
        await applyWriteLimits(tx);
        const letter = await openLetter(tx, id);
        const accepted = acceptedRow(letter);
        if (repair.asNewEvent) await checkIdIsTaken(tx, accepted);
        const row = repairRow(plan, accepted, repair);
        await storeRepair(tx, id, JSON.stringify(row), now());
        const repaired = await findDeadLetter(tx, id, { lock: false });
        return present(repaired ?? letter);
      },
      { maxWait: WRITE_LIMITS.lockTimeoutMs },
    );
  }

  /**
   * Stores the event of one open letter, exactly once however often it is called and whatever is killed meanwhile.
   *
   * @throws DeadLetterError `resolved`, `unreadable` or `not_found`; anything else is an outage, and the letter is open.
   */
  async replay(id: string): Promise<ReplayOutcome> {
    const outcome = await replayLetter(this.deps, id);
    this.deps.log.info({ deadLetterId: id, ...outcome }, 'dead letter replayed');
    return outcome;
  }

  /** Open letters one after the other, each in a transaction of its own. An outage ends it early, and is told. */
  async replayAll(query: ReplayAllQuery = {}): Promise<ReplayAllResult> {
    const { cursor, limit, ...filter } = replayAllQuery.parse(query);
    const found = await listOpenDeadLetters(this.deps.prisma, filter, { after: placeOf(cursor), limit: limit + 1 });
    const result = { stored: 0, merged: 0, stillRefused: 0, conflict: 0, skipped: 0 };
    let nextCursor = cursor ?? null;
    for (const letter of found.slice(0, limit)) {
      try {
        result[await this.replayOneOfMany(letter.id)] += 1;
      } catch (error) {
        this.deps.log.error({ err: error, deadLetterId: letter.id }, 'replay of dead letters stopped');
        return { ...result, stoppedBy: error instanceof Error ? error.message : String(error), nextCursor };
      }
      nextCursor = cursorOf(letter);
    }
    return { ...result, stoppedBy: null, nextCursor: found.length > limit ? nextCursor : null };
  }

  private async replayOneOfMany(id: string) {
    try {
      const { outcome } = await this.replay(id);
      return outcome === 'still_refused' ? 'stillRefused' : outcome;
    } catch (error) {
      if (error instanceof DeadLetterError) return 'skipped';
      throw error;
    }
  }
}

/** Without another event under its id the letter would lose its key, and the event its protection, for nothing. */
async function checkIdIsTaken(tx: PrismaTransaction, { id, payloadHash }: EventRow): Promise<void> {
  const stored = await storedPayloadHashes(tx, [id]);
  if (stored.has(id) && stored.get(id) !== payloadHash) return;
  throw new DeadLetterError('invalid', 'No other event holds the id of this one; replay it without asNewEvent.');
}

function present({ payload, ...letter }: StoredDeadLetter): DeadLetter {
  return {
    ...letter,
    payload: describePayload(payload),
    createdAt: letter.createdAt.toISOString(),
    repairedAt: letter.repairedAt?.toISOString() ?? null,
    resolvedAt: letter.resolvedAt?.toISOString() ?? null,
  };
}
