import type { PrismaClient } from '@tallymark/prisma/client';
import { type Checkpoint, ensureCheckpoints, listCheckpoints } from '@tallymark/prisma/stores/checkpoints';
import { type BufferUsage, type EventBuffer, UnknownEntryVersion } from '@tallymark/redis/event-buffer';
import type { Logger } from 'pino';
import { CircuitOpen } from '../operate/circuit.ts';
import { backoffMs } from './backoff.ts';
import type { IngestionConfig } from './config.ts';
import { before } from './deadline.ts';
import { logFlush } from './flush-log.ts';
import { CheckpointMoved, type FlushBatch, type FlushedBatch, readBatch, storeBatch } from './flush-shard.ts';
import type { PartitionKeeper } from './partition-keeper.ts';
import { isMissingPartition } from './store-rows.ts';

export interface FlusherDeps {
  readonly prisma: PrismaClient;
  readonly buffer: EventBuffer;
  readonly partitions: PartitionKeeper;
  readonly config: IngestionConfig;
  readonly log: Logger;
  /** Called after the commit; what it throws is logged and changes nothing. */
  readonly onStored: (ids: readonly string[]) => Promise<void>;
}

/** How often an idle flusher looks whether a trigger has fired. */
export const LOOK_EVERY_MS = 50;

/**
 * Moves events from the buffer into Postgres when enough of them wait or the oldest has waited long enough. Any number
 * of flushers may run: the checkpoint of a shard goes to one of them at a time.
 */
export class Flusher {
  private checkpoints: readonly Checkpoint[] = [];
  private checkpointsReadAt = Number.NEGATIVE_INFINITY;
  private running: Promise<void> | null = null;
  private stopping = false;
  private wake: () => void = () => {};
  private attempt = 0;
  /** Entries that stopped a shard; once in the log is enough. */
  private readonly reported = new Set<string>();
  /** Why flushing a shard failed, until it succeeds. */
  private readonly failures = new Map<number, Error>();

  constructor(private readonly deps: FlusherDeps) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Ends after the batch under way. What is still buffered is the next flusher's. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.running;
  }

  /**
   * Flushes until everything that is buffered at the time of the call is in Postgres, by this flusher or another.
   * @returns events of that moment that are still buffered when `deadlineMs` has passed; 0 is complete.
   * @throws when the stores do not even tell what is buffered.
   */
  async drain(deadlineMs: number): Promise<number> {
    const deadline = performance.now() + deadlineMs;
    const waiting = await before(deadline, this.usages());
    const seen = sumPending(waiting);
    const watermarks = watermarksOf(waiting);
    let left = seen;
    for (let attempt = 1; ; ) {
      try {
        const remaining = await before(deadline, this.remainingBefore(watermarks));
        if (remaining.length === 0) return 0;
        left = Math.min(seen, sumPending(remaining));
        const moved = await before(deadline, Promise.all(remaining.map((shard) => this.flush(shard))));
        // Held by another flusher: give it a moment.
        if (!moved.some(Boolean)) await pause(LOOK_EVERY_MS);
        attempt = 1;
      } catch {
        if (performance.now() >= deadline) return left;
        await pause(Math.min(backoffMs(attempt), deadline - performance.now()));
        attempt += 1;
      }
    }
  }

  /** What waits in each shard, or in one, behind the checkpoints as they are now. */
  async look(only?: number): Promise<ShardUsage[]> {
    this.checkpointsReadAt = Number.NEGATIVE_INFINITY;
    const checkpoints = await this.knownCheckpoints();
    const wanted = checkpoints.filter(({ shard }) => only === undefined || shard === only);
    return Promise.all(wanted.map((checkpoint) => this.usageOf(checkpoint)));
  }

  /** Why this flusher could not flush a shard; null where the latest attempt that was its own to make went well. */
  failureOf(shard: number): Error | null {
    return this.failures.get(shard) ?? null;
  }

  private async remainingBefore(watermarks: ReadonlyMap<number, string>): Promise<ShardUsage[]> {
    const usages = await this.look();
    return usages.filter(({ checkpoint, usage }) => {
      const mark = watermarks.get(checkpoint.shard);
      return mark !== undefined && usage.oldestId !== null && !isBefore(mark, usage.oldestId);
    });
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      let waitMs = LOOK_EVERY_MS;
      try {
        if (await this.flushIfTriggered()) waitMs = 0;
        this.attempt = 0;
      } catch (error) {
        this.attempt += 1;
        waitMs = error instanceof CircuitOpen ? Math.max(error.retryInMs, LOOK_EVERY_MS) : backoffMs(this.attempt);
        this.checkpointsReadAt = Number.NEGATIVE_INFINITY;
        // The circuit has said that it opened, and why.
        const level = error instanceof CircuitOpen ? 'debug' : 'error';
        this.deps.log[level](
          { err: error, attempt: this.attempt, retryInMs: waitMs },
          'flush failed; the buffer keeps the events',
        );
      }
      if (waitMs > 0 && !this.stopping) await this.pauseOrWake(waitMs);
    }
  }

  /** True when it flushed and more may be waiting. */
  private async flushIfTriggered(): Promise<boolean> {
    const { batchSize, batchTimeoutMs, now } = this.deps.config;
    const waiting = (await this.usages()).filter(({ usage }) => usage.oldestReceivedAtMs !== null);
    const oldest = Math.min(...waiting.map(({ usage }) => usage.oldestReceivedAtMs ?? Number.POSITIVE_INFINITY));
    const bySize = sumPending(waiting) >= batchSize;
    const byTime = now().getTime() - oldest >= batchTimeoutMs;
    if (!bySize && !byTime) return false;
    const moved = await Promise.all(waiting.map((shard) => this.flush(shard)));
    return moved.some(Boolean);
  }

  private async usages(): Promise<ShardUsage[]> {
    const checkpoints = await this.knownCheckpoints();
    return Promise.all(checkpoints.map((checkpoint) => this.usageOf(checkpoint)));
  }

  private async usageOf(checkpoint: Checkpoint): Promise<ShardUsage> {
    const usage = await this.deps.buffer.usage(checkpoint.shard, checkpoint);
    if (usage !== 'moved') return { checkpoint, usage };
    // Another flusher was here: read where it left the shard, and take that as it is.
    this.checkpointsReadAt = Number.NEGATIVE_INFINITY;
    const current = (await this.knownCheckpoints()).find(({ shard }) => shard === checkpoint.shard) ?? checkpoint;
    const again = await this.deps.buffer.usage(current.shard, current, true);
    if (again === 'moved') throw new CheckpointMoved();
    return { checkpoint: current, usage: again };
  }

  /** Re-read every few seconds: an instance configured with more shards may have added some. */
  private async knownCheckpoints(): Promise<readonly Checkpoint[]> {
    if (performance.now() - this.checkpointsReadAt > CHECKPOINTS_FRESH_MS) {
      const { prisma, config } = this.deps;
      this.checkpoints = await config.circuit.prepare(async () => {
        await ensureCheckpoints(prisma, config.shards);
        return listCheckpoints(prisma);
      });
      this.checkpointsReadAt = performance.now();
    }
    return this.checkpoints;
  }

  /**
   * Stores one batch of one shard. Null when there was nothing to do, another flusher does it, or its next entry is of
   * a newer version, as `failureOf` tells.
   *
   * @throws whatever the stores say; the buffer keeps the events.
   */
  async flush({ checkpoint: from, usage }: ShardUsage): Promise<FlushedBatch | null> {
    const started = performance.now();
    try {
      const batch = await readBatch(this.deps.buffer, from, this.deps.config.maxCatchUpBatch);
      if (!batch) return null;
      const flushed = await this.deps.config.circuit.run(() => this.storeWithRoom(batch));
      this.checkpoints = this.checkpoints.map((known) => (known.shard === from.shard ? flushed.checkpoint : known));
      logFlush(this.deps.log, { batch, flushed, pending: usage.pending.accepted, ms: performance.now() - started });
      this.failures.delete(from.shard);
      await this.afterCommit(flushed);
      return flushed;
    } catch (error) {
      // Never trust the exception: a commit may have happened whose answer got lost.
      this.checkpointsReadAt = Number.NEGATIVE_INFINITY;
      if (error instanceof CheckpointMoved) return null;
      this.failures.set(from.shard, error instanceof Error ? error : new Error(String(error)));
      if (error instanceof UnknownEntryVersion) {
        if (!this.reported.has(error.message)) this.deps.log.error({ err: error, shard: from.shard }, 'shard stopped');
        this.reported.add(error.message);
        return null;
      }
      throw error;
    }
  }

  private async storeWithRoom(batch: FlushBatch): Promise<FlushedBatch> {
    const { prisma, partitions, config } = this.deps;
    try {
      return await storeBatch(prisma, batch, config.now());
    } catch (error) {
      if (!isMissingPartition(error)) throw error;
      await partitions.makeRoomFor(batch.rows);
      return storeBatch(prisma, batch, config.now());
    }
  }

  private async afterCommit({ checkpoint, storedIds }: FlushedBatch): Promise<void> {
    const { log, buffer, onStored } = this.deps;
    try {
      await buffer.trim(checkpoint.shard, checkpoint);
      if (storedIds.length > 0) await onStored(storedIds);
    } catch (error) {
      // Both are made good later: the next flush trims, and the enrichment sweep finds what was not queued.
      log.warn({ err: error, shard: checkpoint.shard }, 'flushed, but not everything behind the commit was done');
    }
  }

  private pauseOrWake(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** A shard as it was looked at. */
export interface ShardUsage {
  readonly checkpoint: Checkpoint;
  readonly usage: BufferUsage;
}

const CHECKPOINTS_FRESH_MS = 5_000;

const sumPending = (usages: readonly ShardUsage[]) =>
  usages.reduce((sum, { usage }) => sum + usage.pending.accepted, 0);

/** The last entry of each shard that has any. */
function watermarksOf(usages: readonly ShardUsage[]): ReadonlyMap<number, string> {
  const waiting = usages.filter(({ usage }) => usage.oldestId !== null);
  return new Map(waiting.map(({ checkpoint, usage }) => [checkpoint.shard, usage.tailId]));
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Compares stream ids `<milliseconds>-<sequence>`. */
export function isBefore(a: string, b: string): boolean {
  const [aMs = 0, aSeq = 0] = a.split('-').map(Number);
  const [bMs = 0, bSeq = 0] = b.split('-').map(Number);
  return aMs < bMs || (aMs === bMs && aSeq < bSeq);
}
