import type { EnrichmentBacklogStats, enrichEventJob } from '@tallymark/contract/jobs';
import type { PrismaClient } from '@tallymark/prisma/client';
import {
  discardBacklog,
  noteFailures,
  readBacklogStats,
  takeUnenriched,
  unparkFailures,
} from '@tallymark/prisma/stores/enrichment-backlog';
import type { RedisClient } from '@tallymark/redis/connect';
import type { Logger } from 'pino';
import { boundedText } from './bounded-text.ts';
import { ClientTraitsReader } from './client-traits.ts';
import { type EnrichedBatch, enrichBatch } from './enrich-batch.ts';
import type { EnrichDeps } from './enrich-deps.ts';
import { isOutage } from './outage.ts';
import { SessionCache } from './session-cache.ts';
import { SiteHosts } from './site-hosts.ts';
import { Slots } from './slots.ts';
import type { SnapshotReaders } from './snapshots.ts';

export interface EnrichmentOptions {
  readonly log: Logger;
  /** How the host's entities look, by entity type. */
  readonly snapshotReaders?: SnapshotReaders;
  readonly now?: () => Date;
}

/** What the sweep needs of the queue of enrichment jobs. */
export interface SweptQueue {
  add(name: typeof enrichEventJob.name, payload: { eventIds: string[] }): Promise<unknown>;
  /** When the oldest job that has not ended was added; null when there is none. */
  oldestUnfinishedAt(): Promise<Date | null>;
}

/** Events in one transaction, and transactions at a time: 2,000 locks at most, of the 6,400 there are by default. */
const BATCH_SIZE = 500;
const WRITERS = 4;
const IDS_PER_JOB = 1_000;
const MOST_SWEPT = 100_000;
/** A flush adds its job within this time of the moment its rows say they were stored at, or not at all. */
const QUEUED_WITHIN_MS = 60_000;
/** A job that hangs, or waits for a far day, holds the sweep up no longer. To enrich an event twice changes nothing. */
const LONGEST_WAIT_MS = 10 * 60_000;
const LONGEST_REASON = 2_000;

/** Adds to stored events what can be found out about them: device, session, source, and what their entity looked like. */
export class EventEnrichmentService {
  private readonly deps: EnrichDeps;

  /** Without Redis sessions are read from Postgres alone: slower, with the same result. */
  constructor(
    private readonly prisma: PrismaClient,
    redis: RedisClient | null,
    { log, snapshotReaders = {}, now = () => new Date() }: EnrichmentOptions,
  ) {
    this.deps = {
      prisma,
      cache: redis && new SessionCache(redis, log),
      traits: new ClientTraitsReader(),
      hosts: new SiteHosts(prisma),
      snapshotReaders,
      writers: new Slots(WRITERS),
      now,
    };
  }

  /** One event, as `enrichEvents`. @throws Error with the reason when it could not be enriched. */
  async enrichEvent(eventId: string): Promise<EnrichedBatch> {
    const batch = await this.enrichEvents([eventId]);
    for (const { reason } of batch.failed) throw new Error(reason);
    return batch;
  }

  /**
   * Writes the attribution of those of the events that have none, and revises that of events which a late one changes. A
   * second run changes nothing. An event that cannot be enriched is answered in `failed`, with its attempts counted on
   * the backlog; the ones beside it go on.
   *
   * @throws when Postgres is away or refuses to work; nothing is counted as an attempt then.
   */
  async enrichEvents(ids: readonly string[]): Promise<EnrichedBatch> {
    let sum: EnrichedBatch = { enriched: 0, revised: 0, unchanged: 0, missing: 0, failed: [] };
    // As Postgres writes them, whoever wrote these.
    const asStored = ids.map((id) => id.toLowerCase());
    for (let at = 0; at < asStored.length; at += BATCH_SIZE) {
      const batch = await this.enrichApart(asStored.slice(at, at + BATCH_SIZE));
      const failed = batch.failed.map(({ id, reason }) => ({
        id,
        reason: boundedText(reason, LONGEST_REASON) ?? 'no reason given',
      }));
      await noteFailures(this.prisma, failed, MOST_ATTEMPTS);
      sum = added(sum, { ...batch, failed });
    }
    return sum;
  }

  /**
   * Queues what has waited for a minute and can be in no job that is left. What was stored, or swept, after the oldest
   * unfinished job was added may be in a later one, so the sweep stays behind it.
   */
  async sweep(queue: SweptQueue): Promise<{ queued: number }> {
    const oldest = await queue.oldestUnfinishedAt();
    const now = this.deps.now();
    const behind = Math.max(oldest?.getTime() ?? now.getTime(), now.getTime() - LONGEST_WAIT_MS);
    const newest = Math.min(now.getTime(), behind) - QUEUED_WITHIN_MS;
    const ids = await takeUnenriched(this.prisma, { before: new Date(newest), now, limit: MOST_SWEPT });
    await addAll(queue, ids);
    return { queued: ids.length };
  }

  /** Gives events that ran out of attempts new ones, and queues them. */
  async retryFailed(queue: SweptQueue): Promise<{ events: number }> {
    const events = await unparkFailures(this.prisma);
    await this.sweep(queue);
    return { events };
  }

  /** What waits for enrichment and what could not be enriched, with the reasons. */
  getBacklogStats(): Promise<EnrichmentBacklogStats> {
    return readBacklogStats(this.prisma);
  }

  /** Where enrichment is switched off: forgets what waits for it since an hour or more. */
  async discard(): Promise<{ discarded: number }> {
    return { discarded: await discardBacklog(this.prisma, new Date(this.deps.now().getTime() - HOUR_MS)) };
  }

  /** Halves a batch that fails until the failure is that of single events. */
  private async enrichApart(ids: readonly string[]): Promise<EnrichedBatch> {
    try {
      return await enrichBatch(this.deps, ids);
    } catch (error) {
      if (isOutage(error)) throw error;
      const [only, ...others] = ids;
      if (only !== undefined && others.length === 0) {
        const reason = error instanceof Error ? error.message : String(error);
        return { enriched: 0, revised: 0, unchanged: 0, missing: 0, failed: [{ id: only, reason }] };
      }
      const half = ids.length >> 1;
      return added(await this.enrichApart(ids.slice(0, half)), await this.enrichApart(ids.slice(half)));
    }
  }
}

const MOST_ATTEMPTS = 5;
const HOUR_MS = 3_600_000;

function added(a: EnrichedBatch, b: EnrichedBatch): EnrichedBatch {
  return {
    enriched: a.enriched + b.enriched,
    revised: a.revised + b.revised,
    unchanged: a.unchanged + b.unchanged,
    missing: a.missing + b.missing,
    failed: [...a.failed, ...b.failed],
  };
}

async function addAll(queue: Pick<SweptQueue, 'add'>, ids: readonly string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += IDS_PER_JOB) {
    await queue.add('enrichEvent', { eventIds: ids.slice(at, at + IDS_PER_JOB) });
  }
}
