import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

/** Ledger columns of a group that went past the buffer, or moves between columns: a replay takes from `deadLettered`. */
export interface LedgerDelta {
  readonly origin: 'direct' | 'transaction' | 'replay';
  readonly received: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly sampled: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly stored: number;
  readonly merged?: number;
  readonly deadLettered: number;
}

/** Appends a row; never an update, so that host transactions do not wait for each other. */
export async function appendLedgerDelta(db: SqlExecutor, delta: LedgerDelta): Promise<void> {
  await db.$executeRaw`
    INSERT INTO ledger_deltas (origin, received, accepted, duplicates, sampled, rejected, stored, merged, dead_lettered)
    VALUES (${delta.origin}, ${delta.received}, ${delta.accepted}, ${delta.duplicates}, ${delta.sampled},
            ${JSON.stringify(delta.rejected)}::jsonb, ${delta.stored}, ${delta.merged ?? 0}, ${delta.deadLettered})`;
}

const committedLedger = z.object({
  received: z.number(),
  accepted: z.number(),
  duplicates: z.number(),
  sampled: z.number(),
  rejected: z.record(z.string(), z.number()),
  stored: z.number(),
  aggregated: z.number(),
  merged: z.number(),
  deadLettered: z.number(),
  flushCount: z.number(),
  lastFlushAt: z.date().nullable(),
  checkpoints: z.array(z.object({ shard: z.int(), entryId: z.string(), nonce: z.string() })),
});
export type CommittedLedger = z.infer<typeof committedLedger>;

/** Sums of everything committed, and the checkpoints of the same snapshot. */
export async function readLedger(db: SqlExecutor): Promise<CommittedLedger> {
  const [row] = await db.$queryRaw<unknown[]>`
    WITH parts AS (
      SELECT received, accepted, duplicates, sampled, rejected, stored, aggregated, merged, dead_lettered
      FROM ingest_checkpoints
      UNION ALL
      SELECT received, accepted, duplicates, sampled, rejected, stored, 0, merged, dead_lettered FROM ledger_deltas
    ), reasons AS (
      SELECT jsonb_object_agg(reason, n) AS rejected FROM (
        SELECT key AS reason, sum(value::bigint) AS n FROM parts, jsonb_each_text(parts.rejected) GROUP BY key) summed
    ), shards AS (
      SELECT sum(flush_count)::float8 AS "flushCount", max(last_flush_at) AS "lastFlushAt",
             jsonb_agg(jsonb_build_object('shard', shard, 'entryId', last_entry_id, 'nonce', last_nonce) ORDER BY shard)
               AS checkpoints
      FROM ingest_checkpoints
    )
    SELECT coalesce(sum(received), 0)::float8 AS received,
           coalesce(sum(accepted), 0)::float8 AS accepted,
           coalesce(sum(duplicates), 0)::float8 AS duplicates,
           coalesce(sum(sampled), 0)::float8 AS sampled,
           coalesce((SELECT rejected FROM reasons), '{}') AS rejected,
           coalesce(sum(stored), 0)::float8 AS stored,
           coalesce(sum(aggregated), 0)::float8 AS aggregated,
           coalesce(sum(merged), 0)::float8 AS merged,
           coalesce(sum(dead_lettered), 0)::float8 AS "deadLettered",
           coalesce((SELECT "flushCount" FROM shards), 0)::float8 AS "flushCount",
           (SELECT "lastFlushAt" FROM shards) AS "lastFlushAt",
           coalesce((SELECT checkpoints FROM shards), '[]') AS checkpoints
    FROM parts`;
  return committedLedger.parse(row);
}

const COMPACTED_AT_ONCE = 100_000;

/** Folds appended rows into one an origin; the sums stay. True when there may be more. Safe beside appends and itself. */
export async function compactLedgerDeltas(db: SqlExecutor): Promise<boolean> {
  const [row] = await db.$queryRaw<{ gone: number }[]>`
    WITH gone AS (
      DELETE FROM ledger_deltas
      WHERE id IN (SELECT id FROM ledger_deltas ORDER BY id LIMIT ${COMPACTED_AT_ONCE} FOR UPDATE SKIP LOCKED)
      RETURNING *
    ), reasons AS (
      SELECT origin, jsonb_object_agg(reason, n) AS rejected FROM (
        SELECT origin, key AS reason, sum(value::bigint) AS n FROM gone, jsonb_each_text(gone.rejected)
        GROUP BY origin, key) summed
      GROUP BY origin
    ), folded AS (
      INSERT INTO ledger_deltas (origin, received, accepted, duplicates, sampled, rejected, stored, merged, dead_lettered)
      SELECT gone.origin, sum(received), sum(accepted), sum(duplicates), sum(sampled),
             coalesce((SELECT rejected FROM reasons WHERE reasons.origin = gone.origin), '{}'),
             sum(stored), sum(merged), sum(dead_lettered)
      FROM gone GROUP BY gone.origin
    )
    SELECT count(*)::float8 AS gone FROM gone`;
  return (row?.gone ?? 0) >= COMPACTED_AT_ONCE;
}
