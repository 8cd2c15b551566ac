import { aggregatedTypes } from '@tallymark/analytics/dedup/aggregated-types';
import { EventDeduplicationService } from '@tallymark/analytics/dedup/service';
import { EventEnrichmentService } from '@tallymark/analytics/enrich/service';
import { ingestionOptionsFrom } from '@tallymark/analytics/ingest/config';
import { EventIngestionService } from '@tallymark/analytics/ingest/service';
import { createJobQueues, type JobQueues } from '@tallymark/analytics/operate/job-queues';
import { createLogger } from '@tallymark/analytics/operate/logger';
import { retentionOptionsFrom } from '@tallymark/analytics/retain/config';
import { RetentionService } from '@tallymark/analytics/retain/service';
import { EventSubscriptions } from '@tallymark/analytics/subscribe/service';
import { type DemoPlan, demoPlan } from '@tallymark/contract/demo-plan';
import type { Settings } from '@tallymark/contract/settings';
import { createPrisma, type PrismaClient } from '@tallymark/prisma/client';
import { studioSnapshotReaders as snapshotReaders } from '@tallymark/prisma/studio/snapshots';
import { connectRedis } from '@tallymark/redis/connect';
import type { Logger } from 'pino';

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
  readonly jobs: JobQueues;
  readonly log: Logger;
  readonly now: () => Date;
  /** Deliveries, the last flush, then the queues it adds to, then the stores. */
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
    jobs,
    log,
    now: () => new Date(),
    async close() {
      await subscriptions.stop(settings.TRACKING_SHUTDOWN_DEADLINE_MS / 2);
      await eventIngestion.shutdown();
      await jobs.close();
      redis.disconnect();
      await prisma.$disconnect();
    },
  };
}
