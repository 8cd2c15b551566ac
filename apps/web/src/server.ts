import { DeadLetterService } from '@tallymark/analytics/deadletters/service';
import { EventDeduplicationService } from '@tallymark/analytics/dedup/service';
import { EventEnrichmentService } from '@tallymark/analytics/enrich/service';
import { SiteAccess } from '@tallymark/analytics/http/site-access';
import { ingestionOptionsFrom } from '@tallymark/analytics/ingest/config';
import { LivePublisher } from '@tallymark/analytics/ingest/live-publisher';
import { PartitionKeeper } from '@tallymark/analytics/ingest/partition-keeper';
import { EventIngestionService } from '@tallymark/analytics/ingest/service';
import { AuditLog } from '@tallymark/analytics/operate/audit';
import { createJobQueues } from '@tallymark/analytics/operate/job-queues';
import { createLogger } from '@tallymark/analytics/operate/logger';
import { createOperations } from '@tallymark/analytics/operate/operations';
import { ProjectionAdmin } from '@tallymark/analytics/project/admin';
import { LiveHub } from '@tallymark/analytics/report/live/live-hub';
import { ReportDatabase } from '@tallymark/analytics/report/report-database';
import { retentionOptionsFrom } from '@tallymark/analytics/retain/config';
import { RetentionService } from '@tallymark/analytics/retain/service';
import { SubscriptionAdmin } from '@tallymark/analytics/subscribe/subscription-admin';
import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { demoPlan } from '@tallymark/contract/demo-plan';
import { parseSettings, type Settings } from '@tallymark/contract/settings';
import { createPrisma, type PrismaClient } from '@tallymark/prisma/client';
import { studioSnapshotReaders as snapshotReaders } from '@tallymark/prisma/studio/snapshots';
import { connectRedis } from '@tallymark/redis/connect';
import { LiveStream } from '@tallymark/redis/live-stream';
import { QuestionTimes } from '@tallymark/redis/question-times';
import { after } from 'next/server';
import type { Logger } from 'pino';
import { type Auth, createAuth } from './auth/create-auth.ts';
import { loginHook } from './auth/login-hook.ts';
import { parseWebSettings } from './environment.ts';
import { createTrackLater, type TrackLater } from './tracking/track-later.ts';
import type { AppContext } from './trpc/app-router.ts';

/** Everything the web process is made of. */
export interface Server {
  readonly prisma: PrismaClient;
  readonly auth: Auth;
  readonly eventIngestion: EventIngestionService<DemoPlan>;
  /** What admins can see and do of what other processes work on. */
  readonly operations: AppContext['operations'];
  /** Whose events a request with a key brings. */
  readonly siteAccess: SiteAccess;
  /** Tracks an event once the answer is out; never throws. */
  readonly trackLater: TrackLater;
  readonly settings: Settings;
  readonly log: Logger;
  /** Ends answers that go on for as long as somebody listens. */
  endStreams(): Promise<void>;
  /** Starts what runs beside the requests. */
  start(): Promise<void>;
  /** Closes in order: late events, ingestion, the queues it adds to, Redis, Postgres. The caller sets the deadline. */
  shutdown(): Promise<void>;
}

function createServer(environment: NodeJS.ProcessEnv): Server {
  const settings = parseSettings(environment);
  const web = parseWebSettings(environment);
  const log = createLogger({ level: settings.LOG_LEVEL, name: 'web' });
  const prisma = createPrisma({
    databaseUrl: settings.DATABASE_URL,
    maxConnections: settings.DATABASE_MAX_CONNECTIONS,
    applicationName: 'tallymark-web',
  });

  const redis = connectRedis({
    url: settings.REDIS_URL,
    prefix: settings.REDIS_PREFIX,
    name: 'tallymark-web',
    onError: (error) => log.warn({ err: error }, 'redis connection'),
  });
  // Reports may take all the connections they get; ingest has its own.
  const readPrisma = createPrisma({
    databaseUrl: settings.DATABASE_READ_URL ?? settings.DATABASE_URL,
    maxConnections: Math.max(2, Math.floor(settings.DATABASE_MAX_CONNECTIONS / 2)),
    applicationName: 'tallymark-web-reports',
  });
  const questionTimes = new QuestionTimes(redis);
  const liveStream = new LiveStream(redis);
  const live = new LiveHub({ stream: liveStream, log, now: () => new Date() });
  const livePublisher = new LivePublisher({
    stream: liveStream,
    plan: demoPlan,
    hashSalt: settings.TRACKING_HASH_SALT,
    log,
  });
  const deduplication = new EventDeduplicationService(prisma, redis);
  const jobs = createJobQueues({ settings, deduplication, log, name: 'tallymark-web' });
  const enrichmentQueue = settings.TRACKING_ENABLE_ENRICHMENT ? jobs.enrichEventQueue : null;
  const eventIngestion = new EventIngestionService<DemoPlan>(prisma, redis, enrichmentQueue, {
    ...ingestionOptionsFrom(settings),
    plan: demoPlan,
    snapshotReaders,
    log,
    live: livePublisher,
    runFlusher: settings.TRACKING_FLUSH_IN_WEB,
  });

  const { trackLater, settled } = createTrackLater({ eventIngestion, schedule: (task) => after(task), log });
  const auth = createAuth({
    prisma,
    log,
    secret: web.BETTER_AUTH_SECRET,
    baseUrl: web.BETTER_AUTH_URL,
    afterEndpoint: loginHook({ prisma, trackLater, trustedProxyHops: settings.TRACKING_TRUSTED_PROXY_HOPS }),
  });

  return {
    prisma,
    auth,
    eventIngestion,
    siteAccess: new SiteAccess({ store: prisma, log, now: () => new Date() }),
    operations: {
      ...createOperations({ jobs, enrichment: new EventEnrichmentService(prisma, redis, { log, snapshotReaders }) }),
      deadLetters: new DeadLetterService({
        prisma,
        plan: demoPlan,
        log,
        now: () => new Date(),
        partitions: new PartitionKeeper(prisma),
      }),
      retention: new RetentionService({
        prisma,
        databaseUrl: settings.DATABASE_URL,
        log,
        plan: demoPlan,
        config: retentionOptionsFrom(settings),
      }),
      reports: {
        reports: new ReportDatabase({
          prisma: readPrisma,
          statementTimeoutMs: settings.TRACKING_REPORT_TIMEOUT_MS,
          maxRows: settings.TRACKING_REPORT_MAX_ROWS,
          maxCost: settings.TRACKING_REPORT_MAX_COST,
          onAnswered: (question, ms) => questionTimes.record(question, ms),
        }),
        prisma,
        redis,
        plan: demoPlan,
        log,
        now: () => new Date(),
        defaultSiteId: settings.TRACKING_DEFAULT_SITE_ID,
      },
      live,
      audit: new AuditLog({ store: prisma, hashSalt: settings.TRACKING_HASH_SALT, log, now: () => new Date() }),
      projections: new ProjectionAdmin({ prisma, plan: demoPlan }),
      subscriptions: new SubscriptionAdmin({
        plan: demoPlan,
        prisma,
        allowPrivateNetworks: settings.TRACKING_WEBHOOKS_PRIVATE_NETWORKS,
      }),
    },
    trackLater,
    settings,
    log,
    endStreams: () => live.close(),
    start: async () => eventIngestion.start(),
    shutdown: async () => {
      await settled();
      await eventIngestion.shutdown();
      await livePublisher.close();
      await jobs.close();
      redis.disconnect();
      await readPrisma.$disconnect();
      await prisma.$disconnect();
    },
  };
}

// Next bundles instrumentation, pages and routes apart, so that a variable of this module would exist several times.
const held: typeof globalThis & { tallymarkServer?: Server } = globalThis;

/** The one server of this process, made on first use: the build evaluates route modules without an environment. */
export function server(): Server {
  held.tallymarkServer ??= createServer(process.env);
  return held.tallymarkServer;
}
