import { UnknownEntryVersion } from '@tallymark/redis/event-buffer';
import { backoffMs } from './backoff.ts';
import type { IngestionConfig } from './config.ts';
import { before } from './deadline.ts';
import { type Flusher, LOOK_EVERY_MS, pause, type ShardUsage } from './flusher.ts';
import { overdueAfterMs, stuckAfterMs } from './overdue.ts';

/** A shard that does not drain. */
export interface StuckShard {
  readonly shard: number;
  readonly oldestAgeMs: number;
  /** Events that wait in it. */
  readonly pending: number;
  /** Why flushing it failed last; null where nobody was seen to try and fail. */
  readonly reason: string | null;
}

export interface BackupFlushResult {
  /** Events that this call saw through into Postgres; an attempt that is late goes on and is not among them. */
  readonly flushed: number;
  /** Shards it took them from. */
  readonly shards: number;
  readonly stuck: readonly StuckShard[];
}

export interface BackupFlushDeps {
  readonly flusher: Flusher;
  readonly config: IngestionConfig;
}

/** For the look that follows the deadline. */
const LAST_LOOK_MS = 2_000;
const LONGEST_REASON = 1_000;

/**
 * Flushes what a dead flusher left: shards whose oldest event has waited longer than a living one lets it, until nothing
 * in them has, or the deadline passes. What is stuck after that is logged as an error and told.
 *
 * @throws when the stores do not even tell what is buffered.
 */
export async function backupFlush(deps: BackupFlushDeps, deadlineMs: number): Promise<BackupFlushResult> {
  const { flusher, config } = deps;
  const deadline = performance.now() + deadlineMs;
  const found = await before(deadline, flusher.look());
  const overdue = found.filter((shard) => ageOf(shard, config) > overdueAfterMs(config));
  const rescues = await Promise.all(overdue.map(({ checkpoint }) => rescue(deps, checkpoint.shard, deadline)));
  const stuck = await findStuck(deps, rescues);
  for (const shard of stuck) config.log.error(shard, 'shard is stuck; the buffer keeps its events');
  return {
    flushed: rescues.reduce((sum, { flushed }) => sum + flushed, 0),
    shards: rescues.filter(({ batches }) => batches > 0).length,
    stuck,
  };
}

interface Rescue {
  readonly shard: number;
  readonly flushed: number;
  readonly batches: number;
  /** The latest attempt found the checkpoint in other hands. */
  readonly held: boolean;
}

async function rescue({ flusher, config }: BackupFlushDeps, shard: number, deadline: number): Promise<Rescue> {
  const done = { shard, flushed: 0, batches: 0, held: false };
  for (let attempt = 1; performance.now() < deadline; ) {
    try {
      const [usage] = await before(deadline, flusher.look(shard));
      if (!usage || ageOf(usage, config) <= overdueAfterMs(config)) return done;
      const batch = await before(deadline, flusher.flush(usage));
      if (batch) {
        done.flushed += batch.counts.accepted;
        done.batches += 1;
      } else {
        // Only an upgrade helps there; whoever holds the checkpoint is given a moment.
        if (flusher.failureOf(shard) instanceof UnknownEntryVersion) return done;
        await pause(LOOK_EVERY_MS);
      }
      done.held = !batch;
      attempt = 1;
    } catch {
      // The flusher remembers why.
      await pause(Math.min(backoffMs(attempt), Math.max(0, deadline - performance.now())));
      attempt += 1;
    }
  }
  return done;
}

async function findStuck({ flusher, config }: BackupFlushDeps, rescues: readonly Rescue[]): Promise<StuckShard[]> {
  const left = await before(performance.now() + LAST_LOOK_MS, flusher.look());
  return left.flatMap((waiting) => {
    const oldestAgeMs = ageOf(waiting, config);
    if (oldestAgeMs <= stuckAfterMs(config)) return [];
    const { shard } = waiting.checkpoint;
    const held = rescues.some((rescued) => rescued.shard === shard && rescued.held);
    const reason = flusher.failureOf(shard)?.message.trim().slice(-LONGEST_REASON);
    const otherwise = held ? 'Another flusher holds the checkpoint of the shard.' : null;
    return [{ shard, oldestAgeMs, pending: waiting.usage.pending.accepted, reason: reason ?? otherwise }];
  });
}

/** Milliseconds the oldest event has waited; less than nothing where none does. */
function ageOf({ usage }: ShardUsage, { now }: IngestionConfig): number {
  return usage.oldestReceivedAtMs === null ? Number.NEGATIVE_INFINITY : now().getTime() - usage.oldestReceivedAtMs;
}
