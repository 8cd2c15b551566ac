import { DeadLetterService } from '@tallymark/analytics/deadletters/service';
import { EventDeduplicationService } from '@tallymark/analytics/dedup/service';
import { EventEnrichmentService } from '@tallymark/analytics/enrich/service';
import { ingestionOptionsFrom } from '@tallymark/analytics/ingest/config';
import { PartitionKeeper } from '@tallymark/analytics/ingest/partition-keeper';
import { EventIngestionService } from '@tallymark/analytics/ingest/service';
import { createJobQueues } from '@tallymark/analytics/operate/job-queues';
import { createLogger } from '@tallymark/analytics/operate/logger';
import { createOperations } from '@tallymark/analytics/operate/operations';
import { retentionOptionsFrom } from '@tallymark/analytics/retain/config';
import { RetentionService } from '@tallymark/analytics/retain/service';
import { SubscriptionAdmin } from '@tallymark/analytics/subscribe/subscription-admin';
import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { demoPlan } from '@tallymark/contract/demo-plan';
import { parseSettings, type Settings } from '@tallymark/contract/settings';
import { createPrisma, type PrismaClient } from '@tallymark/prisma/client';
import { studioSnapshotReaders as snapshotReaders } from '@tallymark/prisma/studio/snapshots';
import { connectRedis } from '@tallymark/redis/connect';
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
  /** Tracks an event once the answer is out; never throws. */
  readonly trackLater: TrackLater;
  readonly settings: Settings;
  readonly log: Logger;
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
  const deduplication = new EventDeduplicationService(prisma, redis);
  const jobs = createJobQueues({ settings, deduplication, log, name: 'tallymark-web' });
  const enrichmentQueue = settings.TRACKING_ENABLE_ENRICHMENT ? jobs.enrichEventQueue : null;
  const eventIngestion = new EventIngestionService<DemoPlan>(prisma, redis, enrichmentQueue, {
    ...ingestionOptionsFrom(settings),
    plan: demoPlan,
    snapshotReaders,
    log,
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
      subscriptions: new SubscriptionAdmin({
        plan: demoPlan,
        prisma,
        allowPrivateNetworks: settings.TRACKING_WEBHOOKS_PRIVATE_NETWORKS,
      }),
    },
    trackLater,
    settings,
    log,
    start: async () => eventIngestion.start(),
    shutdown: async () => {
      await settled();
      await eventIngestion.shutdown();
      await jobs.close();
      redis.disconnect();
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
