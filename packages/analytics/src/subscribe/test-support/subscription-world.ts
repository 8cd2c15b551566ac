import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { type DemoPlan, demoPlan } from '@tallymark/contract/demo-plan';
import { type WebhookDelivery, webhookDelivery } from '@tallymark/contract/subscriptions';
import { createPrisma, type PrismaClient } from '@tallymark/prisma/client';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { type IngestionWorld, LOG, NOW, openWorld } from '../../test-support/ingestion-world.ts';
import type { RetryPolicy } from '../retry-policy.ts';
import { EventSubscriptions, type SubscriptionOptions } from '../service.ts';

const CONNECTIONS = 4;
const STOP_MS = 2_000;

/** Retries without a wait that anybody would notice. */
export const AT_ONCE: RetryPolicy = { maxAttempts: 3, baseMs: 1, longestMs: 1 };

export interface SubscriptionWorld extends IngestionWorld {
  /** As another process has them, with connections of their own. */
  subscriptions(options?: Partial<SubscriptionOptions<DemoPlan>>): EventSubscriptions<DemoPlan>;
  /** Stores events in one transaction of a host, as rows; returns their ids in order. */
  store(count: number, eventType?: string): Promise<string[]>;
}

export async function openSubscriptionWorld(): Promise<SubscriptionWorld> {
  const world = await openWorld();
  const service = await world.service();
  const closers: (() => Promise<unknown>)[] = [];
  const subscriptions: SubscriptionWorld['subscriptions'] = (options) => {
    const { databaseUrl } = world;
    const prisma = createPrisma({ databaseUrl, maxConnections: CONNECTIONS, applicationName: 'tallymark-test' });
    const quick = { pollMs: 20, leaseMs: 1_000, handlerRetries: AT_ONCE, webhookRetries: AT_ONCE };
    const now = () => world.clock.now;
    const own = { plan: demoPlan, prisma, log: LOG, now, allowPrivateNetworks: true, ...quick, ...options };
    const made = new EventSubscriptions(own);
    closers.push(async () => {
      await made.stop(STOP_MS);
      await prisma.$disconnect();
    });
    return made;
  };
  await service.start();
  return {
    ...world,
    subscriptions,
    store: (count, eventType) => storeEvents(world.prisma, count, eventType),
    [Symbol.asyncDispose]: async () => {
      for (const close of closers.reverse()) await close();
      await world[Symbol.asyncDispose]();
    },
  };
}

export async function storeEvents(
  prisma: Pick<PrismaClient, 'event'>,
  count: number,
  eventType = 'asset_viewed',
): Promise<string[]> {
  const data = Array.from({ length: count }, (_, n) => ({
    id: uuidV7(NOW.getTime() + n),
    eventType,
    occurredAt: new Date(NOW.getTime() + n),
    propsJson: { view_duration_ms: n },
    ipHash: 'secret',
    userAgent: 'secret',
    idempotencyKey: `secret-${n}`,
  }));
  await prisma.event.createManyAndReturn({ data });
  return data.map(({ id }) => id);
}

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly delivery: WebhookDelivery;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** How the next requests are answered. */
  answer: (response: ServerResponse, received: Received) => void;
}

/** A real HTTP server that takes deliveries; 204 unless a test says otherwise. */
export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const receiver = {
    received,
    answer: (response: ServerResponse, _received: Received): void => {
      response.writeHead(204).end();
    },
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const one = { headers: request.headers, body, delivery: webhookDelivery.parse(JSON.parse(body)) };
      received.push(one);
      receiver.answer(response, one);
    });
  });
  const port = await listen(server);
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${port}/hook?a=1`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address) resolve(address.port);
    });
  });
}

export const idsOf = (received: readonly Received[]) =>
  received.flatMap(({ delivery }) => delivery.events.map(({ id }) => id));
