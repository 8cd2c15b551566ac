import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { handleEvents } from '@tallymark/analytics/http/events-endpoint';
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

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    log.info({ correlationId: incoming.headers[CORRELATION_HEADER] }, 'begun');
    const request = await toRequest(incoming);
    const requestContext = async () =>
      requestContextFrom({ headers: request.headers, session: null, trustedProxyHops: 0 });
    const response = await handleEvents({ eventIngestion, log, requestContext }, request);
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(await response.text());
  };
  const server = createServer((incoming, outgoing) => {
    // A client that is cut off in the middle of its body.
    answer(incoming, outgoing).catch(() => outgoing.destroy());
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

async function toRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]);
  return new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: 'POST',
    headers,
    body: Buffer.concat(chunks),
  });
}
