import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { FlushBatch, FlushedBatch } from './flush-shard.ts';

interface FlushFacts {
  readonly batch: FlushBatch;
  readonly flushed: FlushedBatch;
  /** Events that waited in the shard when the flush began. */
  readonly pending: number;
  readonly ms: number;
}

/** The one line that every flush leaves; its correlation id is its own, for it carries events of many requests. */
export function logFlush(log: Logger, { batch, flushed, pending, ms }: FlushFacts): void {
  const { checkpoint, counts, replaced } = flushed;
  const { shard } = checkpoint;
  if (replaced) log.warn({ shard }, 'the stream is not the one flushed before; read from its first entry');
  const discarded = counts.received - counts.accepted;
  log.info(
    {
      shard,
      tenantIds: [...new Set(batch.rows.map(({ tenantId }) => tenantId))],
      siteIds: [...new Set(batch.rows.map(({ siteId }) => siteId))],
      ...counts,
      discardedPercent: counts.received === 0 ? 0 : Math.round((1_000 * discarded) / counts.received) / 10,
      bufferSize: Math.max(0, pending - counts.accepted),
      ms: Math.round(ms),
      correlationId: randomUUID(),
    },
    'flushed',
  );
}
