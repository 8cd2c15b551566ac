import type { IngestConfig, IngestStats, Ledger } from '@tallymark/contract/stats';
import type { PrismaClient } from '@tallymark/prisma/client';
import { durabilityWarnings as postgresWarnings } from '@tallymark/prisma/stores/durability';
import { type CommittedLedger, readLedger } from '@tallymark/prisma/stores/ledger';
import { isFlushRunning } from '@tallymark/prisma/stores/write-limits';
import { CircuitBoard } from '@tallymark/redis/circuit-board';
import type { RedisClient } from '@tallymark/redis/connect';
import { durabilityWarnings as redisWarnings } from '@tallymark/redis/durability';
import type { BufferUsage, EventBuffer } from '@tallymark/redis/event-buffer';
import type { IngestionConfig } from './config.ts';
import { stuckAfterMs } from './overdue.ts';

export interface StatsDeps {
  readonly prisma: PrismaClient;
  readonly redis: RedisClient;
  readonly buffer: EventBuffer;
  readonly config: IngestionConfig;
}

interface ShardState {
  readonly shard: number;
  readonly usage: BufferUsage;
}

/** Stats of all instances together, read from the stores: what is committed, and what lies behind each checkpoint. */
export async function readStats(deps: StatsDeps): Promise<IngestStats> {
  const [{ committed, shards }, isProcessing, durabilityWarnings, circuits] = await Promise.all([
    readConsistently(deps),
    isFlushRunning(deps.prisma),
    readDurability(deps),
    new CircuitBoard(deps.redis).read(deps.config.now()),
  ]);
  const now = deps.config.now().getTime();
  const ledger = toLedger(committed, shards);
  const states = shards.map(({ shard, usage }) => ({
    shard,
    bufferSize: usage.pending.accepted,
    bufferBytes: usage.pending.bytes,
    oldestAgeMs: usage.oldestReceivedAtMs === null ? null : Math.max(0, now - usage.oldestReceivedAtMs),
  }));
  const ages = states.flatMap(({ oldestAgeMs }) => oldestAgeMs ?? []);
  return {
    bufferSize: ledger.buffered,
    bufferBytes: states.reduce((sum, { bufferBytes }) => sum + bufferBytes, 0),
    oldestAgeMs: ages.length > 0 ? Math.max(...ages) : null,
    isProcessing,
    totalReceived: ledger.received,
    totalFlushed: ledger.stored + ledger.aggregated + ledger.merged + ledger.deadLettered,
    totalDiscarded: ledger.duplicate + ledger.sampled + ledger.rejected,
    flushCount: committed.flushCount,
    lastFlushAt: committed.lastFlushAt?.toISOString() ?? null,
    ledger,
    shards: states,
    stuckShards: states.flatMap(({ shard, oldestAgeMs }) =>
      oldestAgeMs !== null && oldestAgeMs > stuckAfterMs(deps.config) ? [{ shard, oldestAgeMs }] : [],
    ),
    circuits,
    config: publicConfig(deps.config),
    durabilityWarnings,
  };
}

const MOST_ATTEMPTS = 5;

/**
 * Postgres first, then what Redis holds behind those very checkpoints. A flush in between shows as `moved`, and both are
 * read again; after a few tries the last pair is taken as it is.
 */
async function readConsistently({
  prisma,
  buffer,
}: StatsDeps): Promise<{ committed: CommittedLedger; shards: ShardState[] }> {
  for (let attempt = 1; ; attempt += 1) {
    const committed = await readLedger(prisma);
    const asIs = attempt === MOST_ATTEMPTS;
    const usages = await Promise.all(
      committed.checkpoints.map(async (checkpoint) => ({
        shard: checkpoint.shard,
        usage: await buffer.usage(checkpoint.shard, checkpoint, asIs),
      })),
    );
    const shards = usages.flatMap(({ shard, usage }) => (usage === 'moved' ? [] : [{ shard, usage }]));
    if (shards.length === usages.length) return { committed, shards };
  }
}

function toLedger(committed: CommittedLedger, shards: readonly ShardState[]): Ledger {
  const pending = { received: 0, accepted: 0, duplicates: 0, sampled: 0, rejected: 0 };
  const rejectedByReason = { ...committed.rejected };
  for (const { usage } of shards) {
    for (const column of Object.keys(pending) as (keyof typeof pending)[]) pending[column] += usage.pending[column];
    for (const [reason, n] of Object.entries(usage.rejectedByReason)) {
      rejectedByReason[reason] = (rejectedByReason[reason] ?? 0) + n;
    }
  }
  const columns = {
    received: committed.received + pending.received,
    accepted: committed.accepted + pending.accepted,
    duplicate: committed.duplicates + pending.duplicates,
    sampled: committed.sampled + pending.sampled,
    rejected: Object.values(committed.rejected).reduce((sum, n) => sum + n, 0) + pending.rejected,
    rejectedByReason,
    stored: committed.stored,
    aggregated: committed.aggregated,
    merged: committed.merged,
    deadLettered: committed.deadLettered,
    buffered: pending.accepted,
  };
  return { ...columns, balanced: isBalanced(columns) };
}

export function isBalanced(ledger: Omit<Ledger, 'balanced'>): boolean {
  const answered = ledger.accepted + ledger.duplicate + ledger.sampled + ledger.rejected;
  const kept = ledger.stored + ledger.aggregated + ledger.merged + ledger.buffered + ledger.deadLettered;
  return ledger.received === answered && ledger.accepted === kept;
}

async function readDurability({ redis, prisma }: Pick<StatsDeps, 'redis' | 'prisma'>): Promise<string[]> {
  return (await Promise.all([redisWarnings(redis), postgresWarnings(prisma)])).flat();
}

function publicConfig(config: IngestionConfig): IngestConfig {
  return {
    batchSize: config.batchSize,
    batchTimeoutMs: config.batchTimeoutMs,
    enableDeduplication: config.enableDeduplication,
    enableEnrichment: config.enableEnrichment,
    enableThrottling: config.enableThrottling,
    enableAggregation: config.enableAggregation,
    deduplicationTtlSeconds: config.deduplicationTtlSeconds,
    idempotencyTtlSeconds: config.idempotencyTtlSeconds,
    maxBufferBytes: config.maxBufferBytes,
    maxCatchUpBatch: config.maxCatchUpBatch,
    shards: config.shards,
  };
}
