import type { TrackingPlan } from '@tallymark/contract/plan';
import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID, type Settings } from '@tallymark/contract/settings';
import type { Logger } from 'pino';
import type { SnapshotReaders } from '../enrich/snapshots.ts';
import type { Circuit } from '../operate/circuit.ts';
import type { LivePublisher } from './live-publisher.ts';
import { writeCircuit } from './write-circuit.ts';

/** How the ingestion service works. Times in the unit their name ends with. */
export interface IngestionConfig<Plan extends TrackingPlan = TrackingPlan> {
  readonly plan: Plan;
  /** Secret of the daily salted hashes of addresses and visitors. */
  readonly hashSalt: string;
  readonly log: Logger;
  /** Events, all shards together, that trigger a flush. */
  readonly batchSize: number;
  /** Age of the oldest buffered event that triggers a flush. */
  readonly batchTimeoutMs: number;
  readonly enableDeduplication: boolean;
  readonly enableEnrichment: boolean;
  readonly enableThrottling: boolean;
  readonly enableAggregation: boolean;
  /** How long a fingerprint is remembered. */
  readonly deduplicationTtlSeconds: number;
  /** How long Redis remembers an idempotency key; the primary key in Postgres never forgets it. */
  readonly idempotencyTtlSeconds: number;
  /** Bytes the buffer holds, all shards together. */
  readonly maxBufferBytes: number;
  /** Events in one flush under load. */
  readonly maxCatchUpBatch: number;
  readonly shards: number;
  /** Stands around everything this service writes to Postgres. */
  readonly circuit: Circuit;
  /** Age of its oldest event from which a shard counts as stuck. */
  readonly stuckShardSeconds: number;
  /** The host's, by entity type; `track(tx, …)` reads snapshots with them inside the host's transaction. */
  readonly snapshotReaders: SnapshotReaders;
  /** Whether this process flushes. Off where a worker process does. */
  readonly runFlusher: boolean;
  readonly defaultTenantId: string;
  readonly defaultSiteId: string;
  /** Events older than this are rejected unless the context exempts them. */
  readonly retention: { readonly months: number } | { readonly days: number };
  /** Shows accepted events to whoever watches; null where nobody does. Its owner closes it after the service. */
  readonly live: Pick<LivePublisher, 'publish'> | null;
  /** How long `shutdown()` waits for requests and a last flush. */
  readonly shutdownDeadlineMs: number;
  readonly now: () => Date;
}

type Required = 'plan' | 'hashSalt' | 'log';
export type IngestionOptions<Plan extends TrackingPlan> = Pick<IngestionConfig<Plan>, Required> &
  Partial<Omit<IngestionConfig<Plan>, Required>>;

export function ingestionConfig<Plan extends TrackingPlan>(options: IngestionOptions<Plan>): IngestionConfig<Plan> {
  return {
    batchSize: 100,
    batchTimeoutMs: 10_000,
    enableDeduplication: true,
    enableEnrichment: true,
    enableThrottling: true,
    enableAggregation: true,
    deduplicationTtlSeconds: 60,
    idempotencyTtlSeconds: 3_600,
    maxBufferBytes: 256 * 1024 * 1024,
    maxCatchUpBatch: 1_000,
    shards: 2,
    circuit: options.circuit ?? writeCircuit({ log: options.log }),
    snapshotReaders: {},
    stuckShardSeconds: 60,
    runFlusher: true,
    defaultTenantId: DEFAULT_TENANT_ID,
    defaultSiteId: DEFAULT_SITE_ID,
    retention: { months: 12 },
    live: null,
    shutdownDeadlineMs: 10_000,
    now: () => new Date(),
    ...options,
  };
}

/** The part of the configuration that comes from the environment. */
export function ingestionOptionsFrom(settings: Settings) {
  return {
    hashSalt: settings.TRACKING_HASH_SALT,
    batchSize: settings.TRACKING_BUFFER_MAX_SIZE,
    batchTimeoutMs: settings.TRACKING_BUFFER_FLUSH_INTERVAL_MS,
    maxCatchUpBatch: settings.TRACKING_MAX_CATCH_UP_BATCH,
    maxBufferBytes: settings.TRACKING_BUFFER_MAX_BYTES,
    shards: settings.TRACKING_BUFFER_SHARDS,
    stuckShardSeconds: settings.TRACKING_STUCK_SHARD_SECONDS,
    idempotencyTtlSeconds: settings.TRACKING_IDEMPOTENCY_TTL_SECONDS,
    deduplicationTtlSeconds: settings.TRACKING_DEDUPLICATION_TTL_SECONDS,
    enableDeduplication: settings.TRACKING_ENABLE_DEDUPLICATION,
    enableEnrichment: settings.TRACKING_ENABLE_ENRICHMENT,
    enableThrottling: settings.TRACKING_ENABLE_THROTTLING,
    enableAggregation: settings.TRACKING_ENABLE_AGGREGATION,
    defaultTenantId: settings.TRACKING_DEFAULT_TENANT_ID,
    defaultSiteId: settings.TRACKING_DEFAULT_SITE_ID,
    retention:
      settings.TRACKING_RETENTION_DAYS === undefined
        ? { months: settings.TRACKING_RETENTION_MONTHS }
        : { days: settings.TRACKING_RETENTION_DAYS },
    shutdownDeadlineMs: settings.TRACKING_SHUTDOWN_DEADLINE_MS,
  } satisfies Partial<IngestionConfig>;
}
