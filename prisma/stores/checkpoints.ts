import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

/** How far a shard of the buffer is flushed. */
export interface Checkpoint {
  readonly shard: number;
  readonly entryId: string;
  readonly nonce: string;
}

/** What a flush adds to the ledger of its shard, in the transaction that stores its events. */
export interface FlushedCounts {
  readonly received: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly sampled: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly stored: number;
  readonly aggregated: number;
  readonly merged: number;
  readonly deadLettered: number;
}

const checkpointRow = z.object({ shard: z.int(), entryId: z.string(), nonce: z.string() });

/** Makes sure that every shard below `shards` has a checkpoint; leaves existing ones as they are. */
export async function ensureCheckpoints(db: SqlExecutor, shards: number): Promise<void> {
  await db.$executeRaw`
    INSERT INTO ingest_checkpoints (shard)
    SELECT generate_series(0, ${shards}::int - 1) ON CONFLICT DO NOTHING`;
}

/** All checkpoints, also those of shards that the configuration no longer names: they are drained all the same. */
export async function listCheckpoints(db: SqlExecutor): Promise<Checkpoint[]> {
  const rows = await db.$queryRaw`
    SELECT shard, last_entry_id AS "entryId", last_nonce AS nonce FROM ingest_checkpoints ORDER BY shard`;
  return z.array(checkpointRow).parse(rows);
}

/**
 * Locks the shard's checkpoint for this transaction if it still stands where the caller read from. False when another
 * flusher holds it or has moved it: the caller's batch is not its to store.
 */
export async function claimCheckpoint(db: SqlExecutor, from: Checkpoint): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT shard FROM ingest_checkpoints
    WHERE shard = ${from.shard} AND last_entry_id = ${from.entryId} AND last_nonce = ${from.nonce}
    FOR UPDATE SKIP LOCKED`;
  return rows.length === 1;
}

/** Compare-and-set of a claimed checkpoint together with the ledger columns of the batch. False: it stood elsewhere. */
export async function advanceCheckpoint(
  db: SqlExecutor,
  from: Checkpoint,
  to: { readonly entryId: string; readonly nonce: string },
  counts: FlushedCounts,
): Promise<boolean> {
  const updated = await db.$executeRaw`
    UPDATE ingest_checkpoints SET
      last_entry_id = ${to.entryId},
      last_nonce = ${to.nonce},
      received = received + ${counts.received},
      accepted = accepted + ${counts.accepted},
      duplicates = duplicates + ${counts.duplicates},
      sampled = sampled + ${counts.sampled},
      rejected = CASE WHEN ${JSON.stringify(counts.rejected)}::jsonb = '{}' THEN rejected ELSE (
        SELECT jsonb_object_agg(reason, n) FROM (
          SELECT key AS reason, sum(value::bigint) AS n
          FROM (SELECT * FROM jsonb_each_text(rejected)
                UNION ALL SELECT * FROM jsonb_each_text(${JSON.stringify(counts.rejected)}::jsonb)) both_sides
          GROUP BY key) summed) END,
      stored = stored + ${counts.stored},
      aggregated = aggregated + ${counts.aggregated},
      merged = merged + ${counts.merged},
      dead_lettered = dead_lettered + ${counts.deadLettered},
      flush_count = flush_count + 1,
      last_flush_at = clock_timestamp()
    WHERE shard = ${from.shard} AND last_entry_id = ${from.entryId} AND last_nonce = ${from.nonce}`;
  return updated === 1;
}
