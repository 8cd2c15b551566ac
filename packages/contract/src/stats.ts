import { z } from 'zod';
import { processCircuits } from './circuits.ts';

const count = z.int().min(0);

/** Columns of the ledger. received = accepted + duplicate + sampled + rejected. */
export const ledger = z.object({
  received: count,
  accepted: count,
  duplicate: count,
  sampled: count,
  rejected: count,
  rejectedByReason: z.record(z.string(), count),
  /** Events with a row of their own. */
  stored: count,
  /** Events that became part of an aggregated row's `count`. */
  aggregated: count,
  /** Accepted again, found stored with the same payload when flushed. */
  merged: count,
  deadLettered: count,
  /** Accepted, not in Postgres yet. */
  buffered: count,
  /** Both sums of the ledger hold. */
  balanced: z.boolean(),
});
export type Ledger = z.infer<typeof ledger>;

export const ingestConfig = z.object({
  batchSize: z.int(),
  batchTimeoutMs: z.int(),
  enableDeduplication: z.boolean(),
  enableEnrichment: z.boolean(),
  enableThrottling: z.boolean(),
  enableAggregation: z.boolean(),
  deduplicationTtlSeconds: z.int(),
  idempotencyTtlSeconds: z.int(),
  maxBufferBytes: z.int(),
  maxCatchUpBatch: z.int(),
  shards: z.int(),
});
export type IngestConfig = z.infer<typeof ingestConfig>;

/** What `getStats()` answers: sums over all instances, from the stores themselves. */
export const ingestStats = z.object({
  bufferSize: count,
  bufferBytes: count,
  /** Age of the oldest buffered event; null when the buffer is empty. */
  oldestAgeMs: z.int().nullable(),
  /** A flush is being committed somewhere right now. */
  isProcessing: z.boolean(),
  totalReceived: count,
  /** Rows and events that left the buffer: stored + aggregated + merged + dead-lettered. */
  totalFlushed: count,
  /** Received but not accepted: duplicate + sampled + rejected. */
  totalDiscarded: count,
  flushCount: count,
  lastFlushAt: z.iso.datetime().nullable(),
  ledger,
  shards: z.array(z.object({ shard: z.int(), bufferSize: count, bufferBytes: count, oldestAgeMs: z.int().nullable() })),
  /** Shards whose oldest event has waited longer than any flusher lets it: they do not drain. */
  stuckShards: z.array(z.object({ shard: z.int(), oldestAgeMs: z.int() })),
  /** The circuit breakers of every process that has told of them within half a minute. */
  circuits: z.array(processCircuits),
  config: ingestConfig,
  /** What the stores' own settings put at risk, in words; empty when an acknowledgement is fully durable. */
  durabilityWarnings: z.array(z.string()),
});
export type IngestStats = z.infer<typeof ingestStats>;

export const flushResult = z.object({
  /** Every event that was in the buffer when the flush was asked for has left it. */
  complete: z.boolean(),
  /** Events of that moment that are still buffered. */
  remaining: count,
});
export type FlushResult = z.infer<typeof flushResult>;

export const samplingRule = z.object({ samplingRate: z.number().min(0).max(100), alwaysKeep: z.boolean() });
export type SamplingRule = z.infer<typeof samplingRule>;
