import { createAsk } from '@tallymark/analytics/alert/ask-question';
import { AlertService } from '@tallymark/analytics/alert/service';
import { DeadLetterService } from '@tallymark/analytics/deadletters/service';
import { EventDeduplicationService } from '@tallymark/analytics/dedup/service';
import { EventEnrichmentService } from '@tallymark/analytics/enrich/service';
import type { SnapshotReaders } from '@tallymark/analytics/enrich/snapshots';
import { SiteAccess } from '@tallymark/analytics/http/site-access';
import { ingestionOptionsFrom } from '@tallymark/analytics/ingest/config';
import { LivePublisher } from '@tallymark/analytics/ingest/live-publisher';
import { PartitionKeeper } from '@tallymark/analytics/ingest/partition-keeper';
import { EventIngestionService } from '@tallymark/analytics/ingest/service';
import { AuditLog } from '@tallymark/analytics/operate/audit';
import { Circuits } from '@tallymark/analytics/operate/circuits';
import { createJobQueues } from '@tallymark/analytics/operate/job-queues';
import { createOperations } from '@tallymark/analytics/operate/operations';
import { ProjectionAdmin } from '@tallymark/analytics/project/admin';
import { LiveHub } from '@tallymark/analytics/report/live/live-hub';
import { openReports } from '@tallymark/analytics/report/open-reports';
import { retentionOptionsFrom } from '@tallymark/analytics/retain/config';
import { RetentionService } from '@tallymark/analytics/retain/service';
import { createTallymarkRouter, type TallymarkRouterContext } from '@tallymark/analytics/routers/tallymark';
import { SubscriptionAdmin } from '@tallymark/analytics/subscribe/subscription-admin';
import type { TrackingPlan } from '@tallymark/contract/plan';
import type { Settings } from '@tallymark/contract/settings';
import { createPrisma, type PrismaClient } from '@tallymark/prisma/client';
import { connectRedis } from '@tallymark/redis/connect';
import { LiveStream } from '@tallymark/redis/live-stream';
import { QuestionTimes } from '@tallymark/redis/question-times';
import type { Logger } from 'pino';

export interface ServicesOptions<Plan extends TrackingPlan> {
  readonly plan: Plan;
  readonly settings: Settings;
  readonly log: Logger;
  /** How the connections of this process show in Postgres and Redis. */
  readonly name: string;
  /** What entities look like, by their type. */
  readonly snapshotReaders?: SnapshotReaders | undefined;
}

/** What a web process works with. `close()` ends it in order; the caller sets the deadline. */
export interface Services<Plan extends TrackingPlan> {
  readonly prisma: PrismaClient;
  readonly eventIngestion: EventIngestionService<Plan>;
  /** What the procedures work with, of what other processes do too. */
  readonly operations: TallymarkRouterContext['operations'];
  /** Whose events a request with a key brings. */
  readonly siteAccess: SiteAccess;
  readonly settings: Settings;
  readonly log: Logger;
  /** Ends answers that go on for as long as somebody listens. */
  endStreams(): Promise<void>;
  /** Starts what runs beside the requests. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Connects the stores. Nothing runs before `start()`. */
export function openServices<Plan extends TrackingPlan>(options: ServicesOptions<Plan>): Services<Plan> {
  const { plan, settings, log, name, snapshotReaders = {} } = options;
  const now = () => new Date();
  const prisma = createPrisma({
    databaseUrl: settings.DATABASE_URL,
    maxConnections: settings.DATABASE_MAX_CONNECTIONS,
    applicationName: name,
  });
  // Reports may take all the connections they get; ingest has its own.
  const readPrisma = createPrisma({
    databaseUrl: settings.DATABASE_READ_URL ?? settings.DATABASE_URL,
    maxConnections: Math.max(2, Math.floor(settings.DATABASE_MAX_CONNECTIONS / 2)),
    applicationName: `${name}-reports`,
  });
  const redis = connectRedis({
    url: settings.REDIS_URL,
    prefix: settings.REDIS_PREFIX,
    name,
    onError: (error) => log.warn({ err: error }, 'redis connection'),
  });
  const circuits = new Circuits({ settings, redis, name, log });
  const questionTimes = new QuestionTimes(redis);
  const liveStream = new LiveStream(redis);
  const live = new LiveHub({ stream: liveStream, log, now });
  const livePublisher = new LivePublisher({ stream: liveStream, plan, hashSalt: settings.TRACKING_HASH_SALT, log });
  const deduplication = new EventDeduplicationService(prisma, redis);
  const jobs = createJobQueues({ settings, deduplication, log, name });
  const enrichmentQueue = settings.TRACKING_ENABLE_ENRICHMENT ? jobs.enrichEventQueue : null;
  const eventIngestion = new EventIngestionService<Plan>(prisma, redis, enrichmentQueue, {
    ...ingestionOptionsFrom(settings),
    plan,
    snapshotReaders,
    log,
    circuit: circuits.writes,
    live: livePublisher,
    runFlusher: settings.TRACKING_FLUSH_IN_WEB,
  });
  const reports = openReports({
    settings,
    plan,
    prisma,
    readPrisma,
    redis,
    log,
    now,
    circuit: circuits.reports,
    onAnswered: (question, ms) => questionTimes.record(question, ms),
  });
  const ask = createAsk({
    router: createTallymarkRouter(plan),
    createContext: (requestContext) => ({ requestContext, eventIngestion, operations: { reports } }),
  });
  const allowPrivateNetworks = settings.TRACKING_WEBHOOKS_PRIVATE_NETWORKS;
  const databaseUrl = settings.DATABASE_URL;
  return {
    prisma,
    eventIngestion,
    siteAccess: new SiteAccess({ store: prisma, log, now }),
    operations: {
      ...createOperations({ jobs, enrichment: new EventEnrichmentService(prisma, redis, { log, snapshotReaders }) }),
      deadLetters: new DeadLetterService({ prisma, plan, log, now, partitions: new PartitionKeeper(prisma) }),
      retention: new RetentionService({ prisma, databaseUrl, log, plan, config: retentionOptionsFrom(settings) }),
      reports,
      live,
      audit: new AuditLog({ store: prisma, hashSalt: settings.TRACKING_HASH_SALT, log, now }),
      alerts: new AlertService({ prisma, ask, now, allowPrivateNetworks }),
      projections: new ProjectionAdmin({ prisma, plan }),
      subscriptions: new SubscriptionAdmin({ plan, prisma, allowPrivateNetworks }),
    },
    settings,
    log,
    endStreams: () => live.close(),
    start: () => {
      circuits.start();
      return eventIngestion.start();
    },
    close: async () => {
      await eventIngestion.shutdown();
      await circuits.stop();
      await livePublisher.close();
      await jobs.close();
      redis.disconnect();
      await readPrisma.$disconnect();
      await prisma.$disconnect();
    },
  };
}
