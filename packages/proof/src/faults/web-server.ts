import { createServer } from 'node:http';
import { handleEvents } from '@tallymark/analytics/http/events-endpoint';
import { serveNode } from '@tallymark/analytics/http/node-adapter';
import { CORRELATION_HEADER, requestContextFrom } from '@tallymark/analytics/http/request-context';
import { ingestionOptionsFrom } from '@tallymark/analytics/ingest/config';
import { EventIngestionService } from '@tallymark/analytics/ingest/service';
import { demoPlan } from '@tallymark/contract/demo-plan';
import { parseSettings } from '@tallymark/contract/settings';
import { createPrisma } from '@tallymark/prisma/client';
import { connectRedis, type RedisClient, redisReady } from '@tallymark/redis/connect';
import { pino } from 'pino';

const REDIS_PATIENCE_MS = 2_000;

/**
 * `POST /api/events` of a web process without the framework around it. SIGTERM: no new connections, answer what has
 * begun, close the service. `tamper` lets a negative control break what it must break.
 */
export async function serveEvents(tamper: (redis: RedisClient) => void = () => {}): Promise<void> {
  const settings = parseSettings(process.env);
  const log = pino({ level: settings.LOG_LEVEL, name: 'web' });
  const prisma = createPrisma({ databaseUrl: settings.DATABASE_URL, maxConnections: 5, applicationName: 'fault-web' });
  const redis = connectRedis({ url: settings.REDIS_URL, prefix: settings.REDIS_PREFIX, name: 'fault-web' });
  const options = { ...ingestionOptionsFrom(settings), plan: demoPlan, log, runFlusher: false };
  const eventIngestion = new EventIngestionService(prisma, redis, null, options);
  tamper(redis);

  const requestContext = async ({ headers }: Pick<Request, 'headers'>) =>
    requestContextFrom({ headers, session: null, trustedProxyHops: 0 });
  const server = createServer((incoming, outgoing) => {
    log.info({ correlationId: incoming.headers[CORRELATION_HEADER] }, 'begun');
    serveNode((request) => handleEvents({ eventIngestion, log, requestContext }, request), incoming, outgoing).catch(
      // A client that is cut off in the middle of its body.
      () => outgoing.destroy(),
    );
  });

  await redisReady(redis, REDIS_PATIENCE_MS);
  await eventIngestion.start();
  server.listen(Number(process.env.PORT), '127.0.0.1', () => log.info('web ready'));
  process.once('SIGTERM', () => {
    server.close(async () => {
      await eventIngestion.shutdown();
      redis.disconnect();
      await prisma.$disconnect();
      log.info('web stopped');
      process.exit(0);
    });
  });
}
