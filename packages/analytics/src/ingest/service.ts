import { setTimeout as sleep } from 'node:timers/promises';
import { IngestError } from '@tallymark/contract/errors';
import type { EventInput } from '@tallymark/contract/event-input';
import type { enrichEventJob } from '@tallymark/contract/jobs';
import type { EventTypeOf, TrackingPlan } from '@tallymark/contract/plan';
import { type Receipt, rejected } from '@tallymark/contract/receipt';
import type { RequestContext } from '@tallymark/contract/request-context';
import { type FlushResult, type IngestStats, type SamplingRule, samplingRule } from '@tallymark/contract/stats';
import type { PrismaClient } from '@tallymark/prisma/client';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { ensureCheckpoints } from '@tallymark/prisma/stores/checkpoints';
import { type RedisClient, redisReady } from '@tallymark/redis/connect';
import { EventBuffer } from '@tallymark/redis/event-buffer';
import { RejectionCounts } from '@tallymark/redis/rejection-counts';
import { RateTally } from '../dedup/rate-tally.ts';
import { AcceptQueue } from './accept-queue.ts';
import { acceptEvents } from './acceptor.ts';
import { ambientRequestContext } from './ambient-context.ts';
import { type BackupFlushResult, backupFlush } from './backup-flush.ts';
import { type IngestionConfig, type IngestionOptions, ingestionConfig } from './config.ts';
import { DirectWriter } from './direct-writer.ts';
import { Flusher } from './flusher.ts';
import type { KeyDomain } from './ids.ts';
import { InFlight } from './in-flight.ts';
import { PartitionKeeper } from './partition-keeper.ts';
import { RedisGate } from './redis-gate.ts';
import { RejectionTally } from './rejection-tally.ts';
import { logRequest } from './request-log.ts';
import { RequestPreparer } from './request-preparer.ts';
import { readStats } from './stats.ts';
import { trackInTransaction } from './track-in-transaction.ts';

/** An event from server code. `context` is this event's own and wins over the request's, field by field. */
export type IngestInput<Plan extends TrackingPlan> = EventInput<Plan> & { context?: RequestContext };

/** What the service needs of a queue: `enrichEventQueue` of `createJobQueues`. What it throws does not hold up a flush. */
export interface EnrichmentQueue {
  add(name: typeof enrichEventJob.name, payload: { eventIds: string[] }): Promise<unknown>;
}

/** Events of one accept call; a longer `ingestBatch` is taken in several. */
const EVENTS_PER_CALL = 500;
const FORCE_FLUSH_DEADLINE_MS = 30_000;
/** Less than the ten seconds after which it is called again. */
const BACKUP_FLUSH_DEADLINE_MS = 8_000;
const REDIS_PATIENCE_MS = 1_000;
/** How long a shutdown waits for the rates of the last seconds, which nothing depends on. */
const RATES_PATIENCE_MS = 1_000;

/** The way of an event into the store: validate, sample, accept, buffer, flush. One instance a process. */
export class EventIngestionService<Plan extends TrackingPlan = TrackingPlan> {
  readonly config: IngestionConfig<Plan>;
  private readonly buffer: EventBuffer;
  private readonly queue: AcceptQueue;
  private readonly gate: RedisGate;
  private readonly preparer: RequestPreparer;
  private readonly partitions: PartitionKeeper;
  private readonly direct: DirectWriter;
  private readonly flusher: Flusher;
  private readonly tally: RateTally;
  private readonly rejections: RejectionTally;
  private readonly inFlight = new InFlight();
  private started: Promise<void> | null = null;
  private closed: Promise<void> | null = null;

  constructor(
    private readonly prisma: PrismaClient,
    private readonly redis: RedisClient,
    enrichmentQueue: EnrichmentQueue | null,
    options: IngestionOptions<Plan>,
  ) {
    const config = ingestionConfig(options);
    const { log } = config;
    this.config = config;
    this.buffer = new EventBuffer(redis);
    this.queue = new AcceptQueue(this.buffer, config);
    this.gate = new RedisGate(redis);
    this.preparer = new RequestPreparer(prisma, config);
    this.partitions = new PartitionKeeper(prisma);
    this.direct = new DirectWriter({
      prisma,
      partitions: this.partitions,
      circuit: config.circuit,
      log,
      now: config.now,
    });
    this.tally = new RateTally({ store: prisma, log });
    this.rejections = new RejectionTally({ counts: new RejectionCounts(redis), log });
    const onStored = async (eventIds: readonly string[]) => {
      if (config.enableEnrichment) await enrichmentQueue?.add('enrichEvent', { eventIds: [...eventIds] });
    };
    this.flusher = new Flusher({ prisma, buffer: this.buffer, partitions: this.partitions, config, log, onStored });
  }

  /**
   * Prepares checkpoints, partitions and sampling rules and starts the flusher where this process has one. The first
   * `ingest` does it too. A store that is away is logged, not thrown: events have a second way in.
   */
  start(): Promise<void> {
    this.started ??= this.prepare();
    return this.started;
  }

  /** One event from server code. @throws IngestError when no store can take it; send it again then. */
  async ingest(input: IngestInput<Plan>, context: RequestContext = {}): Promise<Receipt> {
    const [receipt] = await this.take([input], context, 'server');
    if (!receipt) throw new Error('No receipt for the event.');
    return receipt;
  }

  /** Events from server code, one receipt each, in order. @throws IngestError when no store can take them. */
  ingestBatch(inputs: readonly IngestInput<Plan>[], context: RequestContext = {}): Promise<Receipt[]> {
    return this.take(inputs, context, 'server');
  }

  /** Events as a public caller sent them: whatever they hold, each gets a receipt. @throws IngestError as above. */
  ingestPublic(inputs: readonly unknown[], context: RequestContext): Promise<Receipt[]> {
    return this.take(inputs, context, 'public');
  }

  /** `ingest` with the ambient request context. */
  trackEvent(input: IngestInput<Plan>): Promise<Receipt> {
    return this.ingest(input, ambientRequestContext());
  }

  /** Stores one event inside the caller's Prisma transaction; see `trackInTransaction`. */
  async track(tx: SqlExecutor, input: IngestInput<Plan>, context: RequestContext = {}): Promise<Receipt> {
    const request = { inputs: [input], context, domain: 'transaction' as const, receivedAt: this.config.now() };
    const { log, snapshotReaders, now } = this.config;
    const deps = { partitions: this.partitions, log, snapshotReaders, now };
    const receipt = await trackInTransaction(deps, tx, () => this.preparer.prepare(request));
    this.rejections.count(request.inputs, [receipt], request.receivedAt);
    return receipt;
  }

  /** Changes the sampling of one event type on every instance, within about a second. */
  async updateThrottlingConfig(eventType: EventTypeOf<Plan>, rule: SamplingRule): Promise<void> {
    if (!Object.hasOwn(this.config.plan.types, eventType)) {
      throw new Error(`The tracking plan has no event type "${eventType}".`);
    }
    await this.preparer.sampling.update(eventType, samplingRule.parse(rule));
  }

  /** Sums over all instances. Needs both stores. */
  getStats(): Promise<IngestStats> {
    const { prisma, redis, buffer, config } = this;
    return readStats({ prisma, redis, buffer, config });
  }

  /** Flushes until what is buffered now is in Postgres. Works in any process, beside any flusher. */
  async forceFlush(deadlineMs: number = FORCE_FLUSH_DEADLINE_MS): Promise<FlushResult> {
    await this.start();
    const remaining = await this.flusher.drain(deadlineMs);
    return { complete: remaining === 0, remaining };
  }

  /** The same under its shorter name. */
  flush(deadlineMs?: number): Promise<FlushResult> {
    return this.forceFlush(deadlineMs);
  }

  /**
   * Flushes what a dead flusher left in the buffer, and tells of shards that do not drain; see `backupFlush`. For a
   * schedule: any number may run beside each other and beside flushers.
   */
  async backupFlush(deadlineMs: number = BACKUP_FLUSH_DEADLINE_MS): Promise<BackupFlushResult> {
    await this.start();
    const { flusher, config } = this;
    return backupFlush({ flusher, config }, deadlineMs);
  }

  /**
   * Takes no new events, answers those under way, then flushes what is buffered where this process has a flusher. Gives
   * up after the deadline; what is buffered then is safe and waits for the next flusher.
   */
  shutdown(): Promise<void> {
    this.closed ??= this.close();
    return this.closed;
  }

  private async prepare(): Promise<void> {
    const { config, prisma } = this;
    try {
      await ensureCheckpoints(prisma, config.shards);
      await this.partitions.keepAhead(config.now());
      await this.preparer.sampling.current();
      // Right after the process began, the connection may still be on its way.
      await redisReady(this.redis, REDIS_PATIENCE_MS);
      const { durabilityWarnings } = await this.getStats();
      for (const warning of durabilityWarnings) config.log.warn(warning);
    } catch (error) {
      config.log.error({ err: error }, 'started without all stores; events take the way that is open');
    }
    if (config.runFlusher) this.flusher.start();
  }

  private async close(): Promise<void> {
    const { config } = this;
    const deadline = performance.now() + config.shutdownDeadlineMs;
    const left = () => Math.max(0, deadline - performance.now());
    const answered = await this.inFlight.idle(left());
    if (!answered) config.log.warn('shutdown deadline passed with requests under way');
    const counted = Promise.all([this.tally.close(), this.rejections.close()]);
    if (config.runFlusher && this.started) {
      await Promise.race([this.flusher.stop(), sleep(left(), undefined, { ref: false })]);
      const remaining = await this.flusher.drain(left()).catch((error: unknown) => {
        config.log.warn({ err: error }, 'the last flush did not go through; the buffer keeps the events');
        return null;
      });
      if (remaining) config.log.warn({ remaining }, 'shutdown deadline passed; the buffer keeps the events');
    }
    await Promise.race([counted, sleep(Math.min(left(), RATES_PATIENCE_MS), undefined, { ref: false })]);
  }

  private take(inputs: readonly unknown[], context: RequestContext, domain: KeyDomain): Promise<Receipt[]> {
    if (this.closed) return Promise.reject(new IngestError('shutting_down', 1));
    return this.inFlight.run(async () => {
      await this.start();
      const receipts: Receipt[] = [];
      for (let at = 0; at < inputs.length; at += EVENTS_PER_CALL) {
        const part = inputs.slice(at, at + EVENTS_PER_CALL);
        try {
          receipts.push(...(await this.takeCall(part, context, domain)));
        } catch (error) {
          // Earlier calls were taken: from here on each event says for itself what became of it.
          if (!(error instanceof IngestError) || receipts.length === 0) throw error;
          receipts.push(...part.map(() => rejected('unavailable', `Not taken; send it again. ${error.message}`)));
        }
      }
      return receipts;
    });
  }

  private async takeCall(inputs: readonly unknown[], context: RequestContext, domain: KeyDomain): Promise<Receipt[]> {
    const started = performance.now();
    const receivedAt = this.config.now();
    const prepared = await this.preparer.prepare({ inputs, context, domain, receivedAt });
    const { queue, gate, direct, config } = this;
    const { receipts, buffered } = await acceptEvents(
      { queue, gate, direct, config, log: config.log },
      prepared,
      receivedAt,
    );
    // A client that keeps events until they are sent repeats the last ones of each page, and means nothing by it.
    const repeatsCount = context.unprovenActor !== 'leave_out';
    this.tally.count(prepared, receipts, receivedAt, repeatsCount);
    this.rejections.count(inputs, receipts, receivedAt);
    config.live?.publish(prepared, receipts);
    const defaults = { tenantId: config.defaultTenantId, siteId: config.defaultSiteId };
    logRequest(config.log, { receipts, context, defaults, buffered, ms: performance.now() - started });
    return receipts;
  }
}
