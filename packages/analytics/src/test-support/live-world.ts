import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { demoPlan } from '@tallymark/contract/demo-plan';
import type { LiveEvent, LiveInput, LiveMessage } from '@tallymark/contract/reports/live';
import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import { connectRedis, redisReady } from '@tallymark/redis/connect';
import { LiveStream } from '@tallymark/redis/live-stream';
import { createTRPCClient, httpSubscriptionLink, TRPCClientError } from '@trpc/client';
import { EventSource } from 'eventsource';
import superjson from 'superjson';
import { serveNode } from '../http/node-adapter.ts';
import { requestContextFrom } from '../http/request-context.ts';
import { handleTrpc } from '../http/trpc-endpoint.ts';
import { LivePublisher } from '../ingest/live-publisher.ts';
import { LiveHub, type LiveHubDeps } from '../report/live/live-hub.ts';
import { ReportDatabase } from '../report/report-database.ts';
import { type LiveOptions, liveProcedures } from '../routers/stats-live.ts';
import { router } from '../routers/trpc.ts';
import { type IngestionWorld, LOG } from './ingestion-world.ts';

type Session = { readonly userId: string; readonly role: string } | null;
export type LiveWorldOptions = Partial<Pick<LiveHubDeps, 'mostReaders' | 'mostSites' | 'mostBehind'>> & LiveOptions;

/** What a client of a live stream has heard so far. */
export interface LiveClient {
  readonly messages: LiveMessage[];
  /** Ids of all messages. */
  readonly ids: string[];
  /** Connections it has had, and what it was refused with. */
  connections: number;
  refusal: string | null;
  ended: boolean;
  /** Ids of the events it was told of. */
  events(): string[];
  told<Kind extends LiveMessage['kind']>(kind: Kind): Extract<LiveMessage, { kind: Kind }>[];
  leave(): void;
}

/** A web process on a world: ingest that publishes, and a server where live streams can be watched over HTTP. */
export async function openLive(world: IngestionWorld, options: LiveWorldOptions = {}) {
  const { prisma, clock, redisPrefix } = world;
  const name = `web-${redisPrefix}-${Math.random()}`;
  const redis = connectRedis({ url: world.redisUrl, prefix: redisPrefix, name, commandTimeoutMs: 1_000 });
  if (!(await redisReady(redis, 5_000))) throw new Error('Redis does not answer.');
  const stream = new LiveStream(redis);
  const now = () => clock.now;
  const hub = new LiveHub({ stream, log: LOG, now, ...options });
  const publisher = new LivePublisher({ stream, plan: demoPlan, hashSalt: 'salt', log: LOG });
  const ingestion = await world.service({ live: publisher });
  const reports = { reports: new ReportDatabase({ prisma }), prisma, redis, plan: demoPlan, log: LOG, now };
  const appRouter = router({ stats: router(liveProcedures(options)) });
  let session: Session = { userId: 'admin', role: 'admin' };
  const deps = {
    router: appRouter,
    endpoint: '/api/trpc',
    log: LOG,
    requestContext: async ({ headers }: Request) => requestContextFrom({ headers, session, trustedProxyHops: 0 }),
    createContext: (requestContext: ReturnType<typeof requestContextFrom>) => ({
      eventIngestion: ingestion,
      requestContext,
      operations: { live: hub, reports: { ...reports, defaultSiteId: DEFAULT_SITE_ID } },
    }),
  };
  const server = createServer((incoming, outgoing) => {
    void serveNode((request) => handleTrpc(deps, request), incoming, outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/trpc`;
  const client = createTRPCClient<typeof appRouter>({
    links: [httpSubscriptionLink({ url, transformer: superjson, EventSource })],
  });
  return {
    hub,
    stream,
    ingestion,
    publisher,
    url,
    signIn: (as: Session) => {
      session = as;
    },
    /** Breaks all connections off. */
    cut: () => server.closeAllConnections(),
    /** Connections that wait for entries of live streams. */
    readingConnections: async () => String(await world.redis.client('LIST')).split(`name=${name}-live `).length - 1,
    watch: (input: LiveInput = {}): LiveClient => {
      const heard: LiveClient = {
        messages: [],
        ids: [],
        connections: 0,
        refusal: null,
        ended: false,
        events: () => heard.told('events').flatMap(({ events }) => events.map(({ id }: LiveEvent) => id)),
        told: (kind) => heard.messages.filter((message) => message.kind === kind) as never,
        leave: () => subscription.unsubscribe(),
      };
      const subscription = client.stats.live.subscribe(input, {
        onStarted: () => {
          heard.connections += 1;
        },
        onData: ({ id, data }) => {
          heard.ids.push(id);
          heard.messages.push(data);
        },
        onError: (error) => {
          heard.refusal = error instanceof TRPCClientError ? String(error.data?.code) : String(error);
        },
        onComplete: () => {
          heard.ended = true;
        },
      });
      return heard;
    },
    [Symbol.asyncDispose]: async () => {
      await hub.close();
      server.closeAllConnections();
      server.close();
      await publisher.close();
      redis.disconnect();
    },
  };
}
