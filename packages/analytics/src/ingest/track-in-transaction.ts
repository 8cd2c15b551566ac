import type { EventRow } from '@tallymark/contract/event-row';
import { type Receipt, rejected } from '@tallymark/contract/receipt';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { insertEvents } from '@tallymark/prisma/stores/insert-events';
import { appendLedgerDelta, type LedgerDelta } from '@tallymark/prisma/stores/ledger';
import { attachSnapshot } from '@tallymark/prisma/stores/snapshots';
import { storedPayloadHashes } from '@tallymark/prisma/stores/stored-payloads';
import { limitLockWait, restoreLockWait } from '@tallymark/prisma/stores/write-limits';
import type { Logger } from 'pino';
import { readerOf, readSnapshots, type SnapshotReaders } from '../enrich/snapshots.ts';
import type { PartitionKeeper } from './partition-keeper.ts';
import type { AcceptableEvent, PreparedEvent } from './prepare.ts';
import { isMissingPartition } from './store-rows.ts';

export interface TrackDeps {
  readonly partitions: PartitionKeeper;
  readonly log: Logger;
  readonly snapshotReaders: SnapshotReaders;
  readonly now: () => Date;
}

/**
 * Stores one event inside the host's own transaction: it commits or rolls back with the business write, and the receipt
 * is worth as much as that commit. Works under a savepoint, so that whatever goes wrong here leaves the host's
 * transaction usable; the receipt then says `rejected(unavailable)`.
 *
 * What the event's entity looks like is read there too, so that a price that was just changed is the new one, whatever
 * becomes of it before enrichment. That can fail without the event: enrichment then reads it.
 */
export async function trackInTransaction(
  deps: TrackDeps,
  tx: SqlExecutor,
  prepare: () => Promise<PreparedEvent[]>,
): Promise<Receipt> {
  let prepared: PreparedEvent | undefined;
  try {
    [prepared] = await prepare();
    if (!prepared) throw new Error('The event was not prepared.');
    return await storeUnderSavepoint(deps, tx, prepared);
  } catch (error) {
    if (prepared && isMissingPartition(error) && 'row' in prepared.outcome) {
      return retryWithRoom(deps, tx, prepared, prepared.outcome.row.occurredAt);
    }
    return giveUp(deps, error);
  }
}

async function retryWithRoom(
  deps: TrackDeps,
  tx: SqlExecutor,
  prepared: PreparedEvent,
  occurredAt: string,
): Promise<Receipt> {
  try {
    await deps.partitions.makeRoomFor([{ occurredAt }]);
    return await storeUnderSavepoint(deps, tx, prepared);
  } catch (error) {
    return giveUp(deps, error);
  }
}

function giveUp({ log }: TrackDeps, error: unknown): Receipt {
  log.error({ err: error }, 'an event could not be stored in the host transaction');
  return rejected('unavailable', 'The event could not be stored; the transaction around it goes on without it.');
}

async function storeUnderSavepoint(deps: TrackDeps, tx: SqlExecutor, { outcome }: PreparedEvent): Promise<Receipt> {
  await tx.$executeRaw`SAVEPOINT tallymark_track`;
  try {
    // The host's transaction may wait for ever; its event must not make it. A rollback to the savepoint undoes this too.
    const lockWait = await limitLockWait(tx);
    const receipt = 'row' in outcome ? await storeRow(deps, tx, outcome) : outcome;
    await appendLedgerDelta(tx, deltaOf(receipt));
    await restoreLockWait(tx, lockWait);
    await tx.$executeRaw`RELEASE SAVEPOINT tallymark_track`;
    return receipt;
  } catch (error) {
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT tallymark_track`;
    await tx.$executeRaw`RELEASE SAVEPOINT tallymark_track`;
    throw error;
  }
}

async function storeRow(deps: TrackDeps, tx: SqlExecutor, { row }: AcceptableEvent): Promise<Receipt> {
  const [stored] = await insertEvents(tx, [row], { skipDuplicates: true });
  if (stored !== undefined) {
    await keepSnapshot(deps, tx, row);
    return { status: 'accepted', id: row.id };
  }
  const known = await storedPayloadHashes(tx, [row.id]);
  if (known.get(row.id) === row.payloadHash) return { status: 'duplicate', id: row.id };
  return rejected('conflict', 'This idempotency key was used for another event; use a new key for a new event.');
}

async function keepSnapshot({ snapshotReaders: readers, now, log }: TrackDeps, tx: SqlExecutor, row: EventRow) {
  const { id, entityType, entityId } = row;
  if (entityType === undefined || entityId === undefined || readerOf(readers, entityType) === null) return;
  const event = { id, entityType, entityId, occurredAt: new Date(row.occurredAt) };
  await tx.$executeRaw`SAVEPOINT tallymark_snapshot`;
  try {
    const request = { readers, tenantId: row.tenantId, events: [event], now: now(), inTransaction: true };
    const snapshots = await readSnapshots(tx, request);
    const snapshot = snapshots.get(id);
    if (snapshot !== undefined) await attachSnapshot(tx, id, snapshot);
  } catch (error) {
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT tallymark_snapshot`;
    log.warn({ err: error, eventId: id, entityType }, 'no snapshot in the host transaction; enrichment will read one');
  }
  await tx.$executeRaw`RELEASE SAVEPOINT tallymark_snapshot`;
}

function deltaOf(receipt: Receipt): LedgerDelta {
  const accepted = receipt.status === 'accepted' ? 1 : 0;
  return {
    origin: 'transaction',
    received: 1,
    accepted,
    duplicates: receipt.status === 'duplicate' ? 1 : 0,
    sampled: receipt.status === 'sampled' ? 1 : 0,
    rejected: receipt.status === 'rejected' ? { [receipt.reason]: 1 } : {},
    stored: accepted,
    deadLettered: 0,
  };
}
