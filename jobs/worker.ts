import { aggregatedTypes } from '@tallymark/analytics/dedup/aggregated-types';
import { EventDeduplicationService } from '@tallymark/analytics/dedup/service';
import { EventEnrichmentService } from '@tallymark/analytics/enrich/service';
import { ingestionOptionsFrom } from '@tallymark/analytics/ingest/config';
import { EventIngestionService } from '@tallymark/analytics/ingest/service';
import { createJobQueues, type JobQueues } from '@tallymark/analytics/operate/job-queues';
import { createLogger } from '@tallymark/analytics/operate/logger';
import { ProjectionService } from '@tallymark/analytics/project/service';
import { retentionOptionsFrom } from '@tallymark/analytics/retain/config';
import { RetentionService } from '@tallymark/analytics/retain/service';
import { EventSubscriptions } from '@tallymark/analytics/subscribe/service';
import { type DemoPlan, demoPlan } from '@tallymark/contract/demo-plan';
import type { Settings } from '@tallymark/contract/settings';
import { createPrisma, type PrismaClient } from '@tallymark/prisma/client';
import { studioSnapshotReaders as snapshotReaders } from '@tallymark/prisma/studio/snapshots';
import { connectRedis } from '@tallymark/redis/connect';
import type { Logger } from 'pino';

const PROJECTION_CONNECTIONS = 4;

/** What a process of this folder works with. `close()` ends it in order. */
export interface WorkerServices {
  /** Of the process. */
  readonly name: string;
  readonly settings: Settings;
  readonly prisma: PrismaClient;
  readonly eventIngestion: EventIngestionService<DemoPlan>;
  readonly enrichment: EventEnrichmentService;
  readonly deduplication: EventDeduplicationService;
  readonly retention: RetentionService;
  /** Hears of stored events once `start()` is called. */
  readonly subscriptions: EventSubscriptions<DemoPlan>;
  /** Folds events into read models once `start()` is called. */
  readonly projections: ProjectionService;
  readonly jobs: JobQueues;
  readonly log: Logger;
  readonly now: () => Date;
  /** Deliveries and folds, the last flush, then the queues it adds to, then the stores. */
  close(): Promise<void>;
}

/** Connects the stores and the ingestion service, with a flusher in this process. Nothing runs before `start()`. */
export function openWorkerServices(
  settings: Settings,
  { name, log = createLogger({ level: settings.LOG_LEVEL, name }) }: { name: string; log?: Logger },
): WorkerServices {
  const prisma = createPrisma({
    databaseUrl: settings.DATABASE_URL,
    maxConnections: settings.DATABASE_MAX_CONNECTIONS,
    applicationName: name,
  });
  const redis = connectRedis({
    url: settings.REDIS_URL,
    prefix: settings.REDIS_PREFIX,
    name,
    onError: (error) => log.warn({ err: error }, 'redis connection'),
  });
  const deduplication = new EventDeduplicationService(prisma, redis, {
    deduplicationTtlSeconds: settings.TRACKING_DEDUPLICATION_TTL_SECONDS,
    aggregatedTypes: aggregatedTypes(demoPlan),
    alertPercent: settings.TRACKING_DEDUPLICATION_ALERT_PERCENT,
  });
  const jobs = createJobQueues({ settings, deduplication, log, name });
  const enrichmentQueue = settings.TRACKING_ENABLE_ENRICHMENT ? jobs.enrichEventQueue : null;
  const eventIngestion = new EventIngestionService(prisma, redis, enrichmentQueue, {
    ...ingestionOptionsFrom(settings),
    plan: demoPlan,
    snapshotReaders,
    log,
    runFlusher: true,
    // Workers and deliveries have the other half, before it.
    shutdownDeadlineMs: settings.TRACKING_SHUTDOWN_DEADLINE_MS / 2,
  });
  const subscriptions = new EventSubscriptions({
    plan: demoPlan,
    prisma,
    log,
    allowPrivateNetworks: settings.TRACKING_WEBHOOKS_PRIVATE_NETWORKS,
  });
  // Connections of its own, and few: a backlog of folds must not keep flushes and enrichment waiting.
  const projectionsPrisma = createPrisma({
    databaseUrl: settings.DATABASE_URL,
    maxConnections: PROJECTION_CONNECTIONS,
    applicationName: `${name}-projections`,
  });
  const patienceMs = settings.TRACKING_ENRICHMENT_PATIENCE_SECONDS * 1_000;
  const projections = new ProjectionService({
    prisma: projectionsPrisma,
    plan: demoPlan,
    log,
    enrichmentPatienceMs: settings.TRACKING_ENABLE_ENRICHMENT ? patienceMs : null,
  });
  const config = retentionOptionsFrom(settings);
  return {
    name,
    settings,
    prisma,
    eventIngestion,
    enrichment: new EventEnrichmentService(prisma, redis, { log, snapshotReaders }),
    deduplication,
    retention: new RetentionService({ prisma, databaseUrl: settings.DATABASE_URL, log, plan: demoPlan, config }),
    subscriptions,
    projections,
    jobs,
    log,
    now: () => new Date(),
    async close() {
      await subscriptions.stop(settings.TRACKING_SHUTDOWN_DEADLINE_MS / 2);
      await projections.stop();
      await eventIngestion.shutdown();
      await jobs.close();
      redis.disconnect();
      await projectionsPrisma.$disconnect();
      await prisma.$disconnect();
    },
  };
}
