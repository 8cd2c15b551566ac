import type { IngestionConfig } from './config.ts';

/** How much longer than a flusher lets it wait an event has waited when the flusher is taken to be dead. */
const GRACE_MS = 5_000;

/** Age of the oldest event at which a shard is somebody else's to flush. */
export function overdueAfterMs({ batchTimeoutMs }: Pick<IngestionConfig, 'batchTimeoutMs'>): number {
  return batchTimeoutMs + GRACE_MS;
}

/** Age beyond which a shard counts as stuck; never one that an event reaches while its flusher waits for a batch. */
export function stuckAfterMs(config: Pick<IngestionConfig, 'batchTimeoutMs' | 'stuckShardSeconds'>): number {
  return Math.max(config.stuckShardSeconds * 1_000, overdueAfterMs(config));
}
