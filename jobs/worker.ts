import { createAsk } from '@tallymark/analytics/alert/ask-question';
import { AlertEvaluator } from '@tallymark/analytics/alert/evaluator';
import { aggregatedTypes } from '@tallymark/analytics/dedup/aggregated-types';
import { EventDeduplicationService } from '@tallymark/analytics/dedup/service';
import { EventEnrichmentService } from '@tallymark/analytics/enrich/service';
import type { SnapshotReaders } from '@tallymark/analytics/enrich/snapshots';
import { ingestionOptionsFrom } from '@tallymark/analytics/ingest/config';
import { EventIngestionService } from '@tallymark/analytics/ingest/service';
import { Circuits } from '@tallymark/analytics/operate/circuits';
import { createJobQueues, type JobQueues } from '@tallymark/analytics/operate/job-queues';
import { createLogger } from '@tallymark/analytics/operate/logger';
import { PatternService } from '@tallymark/analytics/pattern/service';
import { ProjectionService } from '@tallymark/analytics/project/service';
import { openReports } from '@tallymark/analytics/report/open-reports';
import { retentionOptionsFrom } from '@tallymark/analytics/retain/config';
import { RetentionService } from '@tallymark/analytics/retain/service';
import { createTallymarkRouter } from '@tallymark/analytics/routers/tallymark';
import { EventSubscriptions } from '@tallymark/analytics/subscribe/service';
import type { TrackingPlan } from '@tallymark/contract/plan';
import type { Settings } from '@tallymark/contract/settings';
import { createPrisma, type PrismaClient } from '@tallymark/prisma/client';
import { connectRedis } from '@tallymark/redis/connect';
import type { Logger } from 'pino';

const PROJECTION_CONNECTIONS = 4;
const ALERT_CONNECTIONS = 2;

/** What a process of this folder works with. `close()` ends it in order. */
export interface WorkerServices {
  /** Of the process. */
  readonly name: string;
  readonly settings: Settings;
  readonly prisma: PrismaClient;
  readonly eventIngestion: Pick<EventIngestionService, 'start' | 'backupFlush'>;
  readonly enrichment: EventEnrichmentService;
  readonly deduplication: EventDeduplicationService;
  readonly retention: RetentionService;
  /** Hears of stored events once `start()` is called. */
  readonly subscriptions: Pick<EventSubscriptions, 'start' | 'stop'>;
  /** Folds events into read models once `start()` is called. */
  readonly projections: ProjectionService;
  readonly alerts: AlertEvaluator;
  readonly patterns: PatternService;
  readonly circuits: Pick<Circuits, 'start'>;
  readonly jobs: JobQueues;
  readonly log: Logger;
  readonly now: () => Date;
  /** Deliveries and folds, the last flush, then the queues it adds to, then the stores. */
  close(): Promise<void>;
}

/** The same for a process that knows the plan. */
export interface PlanServices<Plan extends TrackingPlan> extends WorkerServices {
  readonly eventIngestion: EventIngestionService<Plan>;
  readonly subscriptions: EventSubscriptions<Plan>;
}

export interface WorkerServicesOptions<Plan extends TrackingPlan> {
  /** Of the process, as Postgres, Redis and the log know it. */
  readonly name: string;
  readonly plan: Plan;
  /** What entities look like, by their type. */
  readonly snapshotReaders?: SnapshotReaders | undefined;
  readonly log?: Logger;
}

/** Connects the stores and the ingestion service, with a flusher in this process. Nothing runs before `start()`. */
export function openWorkerServices<Plan extends TrackingPlan>(
  settings: Settings,
  options: WorkerServicesOptions<Plan>,
): PlanServices<Plan> {
  const { name, plan, snapshotReaders = {}, log = createLogger({ level: settings.LOG_LEVEL, name }) } = options;
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
  const circuits = new Circuits({ settings, redis, name, log });
  const deduplication = new EventDeduplicationService(prisma, redis, {
    deduplicationTtlSeconds: settings.TRACKING_DEDUPLICATION_TTL_SECONDS,
    aggregatedTypes: aggregatedTypes(plan),
    alertPercent: settings.TRACKING_DEDUPLICATION_ALERT_PERCENT,
  });
  const jobs = createJobQueues({ settings, deduplication, log, name });
  const enrichmentQueue = settings.TRACKING_ENABLE_ENRICHMENT ? jobs.enrichEventQueue : null;
  const eventIngestion = new EventIngestionService<Plan>(prisma, redis, enrichmentQueue, {
    ...ingestionOptionsFrom(settings),
    plan,
    snapshotReaders,
    log,
    circuit: circuits.writes,
    runFlusher: true,
    // Workers and deliveries have the other half, before it.
    shutdownDeadlineMs: settings.TRACKING_SHUTDOWN_DEADLINE_MS / 2,
  });
  const subscriptions = new EventSubscriptions<Plan>({
    plan,
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
    plan,
    log,
    enrichmentPatienceMs: settings.TRACKING_ENABLE_ENRICHMENT ? patienceMs : null,
  });
  const now = () => new Date();
  // What rules ask keeps nothing else waiting either.
  const alertsPrisma = createPrisma({
    databaseUrl: settings.DATABASE_READ_URL ?? settings.DATABASE_URL,
    maxConnections: ALERT_CONNECTIONS,
    applicationName: `${name}-alerts`,
  });
  const reports = openReports({
    settings,
    plan,
    prisma,
    readPrisma: alertsPrisma,
    redis,
    log,
    now,
    circuit: circuits.reports,
  });
  const ask = createAsk({
    router: createTallymarkRouter(plan),
    createContext: (requestContext) => ({ requestContext, eventIngestion, operations: { reports } }),
  });
  const allowPrivateNetworks = settings.TRACKING_WEBHOOKS_PRIVATE_NETWORKS;
  const config = retentionOptionsFrom(settings);
  return {
    name,
    settings,
    prisma,
    eventIngestion,
    enrichment: new EventEnrichmentService(prisma, redis, { log, snapshotReaders }),
    deduplication,
    retention: new RetentionService({ prisma, databaseUrl: settings.DATABASE_URL, log, plan, config }),
    subscriptions,
    projections,
    patterns: new PatternService({ store: prisma, timeZone: settings.TRACKING_TIME_ZONE, now }),
    alerts: new AlertEvaluator({ prisma, eventIngestion, ask, now, allowPrivateNetworks }),
    circuits,
    jobs,
    log,
    now,
    async close() {
      await subscriptions.stop(settings.TRACKING_SHUTDOWN_DEADLINE_MS / 2);
      await projections.stop();
      await eventIngestion.shutdown();
      await circuits.stop();
      await jobs.close();
      redis.disconnect();
      await alertsPrisma.$disconnect();
      await projectionsPrisma.$disconnect();
      await prisma.$disconnect();
    },
  };
}
