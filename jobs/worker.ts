import { ingestionOptionsFrom } from '@tallymark/analytics/ingest/config';
import { type EnrichmentQueue, EventIngestionService } from '@tallymark/analytics/ingest/service';
import { createLogger } from '@tallymark/analytics/operate/logger';
import { type DemoPlan, demoPlan } from '@tallymark/contract/demo-plan';
import type { Settings } from '@tallymark/contract/settings';
import { createPrisma, type PrismaClient } from '@tallymark/prisma/client';
import { connectRedis } from '@tallymark/redis/connect';
import type { Logger } from 'pino';

/** What a process of this folder works with. `close()` ends it in order. */
export interface WorkerServices {
  readonly prisma: PrismaClient;
  readonly eventIngestion: EventIngestionService<DemoPlan>;
  readonly log: Logger;
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
  const enrichment: EnrichmentQueue | null = null;
  const eventIngestion = new EventIngestionService(prisma, redis, enrichment, {
    ...ingestionOptionsFrom(settings),
    plan: demoPlan,
    log,
    runFlusher: true,
  });
  return {
    prisma,
    eventIngestion,
    log,
    async close() {
      await eventIngestion.shutdown();
      redis.disconnect();
      await prisma.$disconnect();
    },
  };
}
