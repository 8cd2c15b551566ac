import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { requestContextFrom } from '@tallymark/analytics/http/request-context';
import { handleTrpc } from '@tallymark/analytics/http/trpc-endpoint';
import { createEventIngestionRouter } from '@tallymark/analytics/routers/event-ingestion';
import { router } from '@tallymark/analytics/routers/trpc';
import { LOG, openWorld } from '@tallymark/analytics/test-support/ingestion-world';
import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { bundleClient } from './bundle-client.ts';

/** One `trackBatch` as it came in. */
interface Delivery {
  readonly at: number;
  readonly site: string | null;
  /** The idempotency keys of its events. */
  readonly keys: readonly string[];
  readonly bytes: number;
}

interface StoredEvent {
  readonly key: string | null;
  readonly eventType: string;
  readonly props: unknown;
  readonly touch: unknown;
  readonly occurredAt: Date;
  readonly visitorId: string | null;
  readonly sessionId: string | null;
  readonly entityId: string | null;
  readonly actorId: string | null;
}

/** What the site does with a request instead of taking it: an answer of its own, or none. */
type Mood = (delivery: Delivery) => Response | 'hang up' | null;

export interface ClientSite extends AsyncDisposable {
  readonly origin: string;
  readonly deliveries: readonly Delivery[];
  /** The most requests with events that were under way at the same time. */
  readonly together: () => number;
  /** Requests to the API of any kind. */
  readonly calls: () => number;
  mood: Mood | null;
  /** Who is signed in, on every page. */
  session: { readonly userId: string; readonly role: string } | null;
  /** How long an answer takes. */
  delayMs: number;
  /** Address of a page that starts the client with `options`. */
  page(options?: object, path?: string): string;
  /** What is stored, oldest first. */
  stored(): Promise<StoredEvent[]>;
}

const API = '/api/trpc';
const PAGE = new URL('./page.ts', import.meta.url);
const appRouter = router({ eventIngestion: createEventIngestionRouter<DemoPlan>() });

/** Pages with the bundled client, and the real ingestion endpoint behind them. `html` is what stands on the pages. */
export async function openSite(html = '', entry = PAGE): Promise<ClientSite> {
  const files = new Map((await bundleClient([entry])).map(({ name, contents }) => [name, contents]));
  const script = `/assets/${entry.pathname.replace(/^.*\//, '').replace(/\.tsx?$/, '.js')}`;
  const world = await openWorld();
  const eventIngestion = await world.service({ now: () => new Date() });
  const deliveries: Delivery[] = [];
  let underWay = 0;
  let together = 0;
  let calls = 0;
  const deps = {
    router: appRouter,
    endpoint: API,
    log: LOG,
    requestContext: async ({ headers, url }: Request) =>
      requestContextFrom({ headers, url, session: site.session, trustedProxyHops: 0, peerAddress: '127.0.0.1' }),
    createContext: (requestContext: ReturnType<typeof requestContextFrom>) => ({ eventIngestion, requestContext }),
  };

  const answerCall = async (url: URL, body: string, incoming: IncomingMessage): Promise<Response | 'hang up'> => {
    calls += 1;
    const delivery = deliveryOf(url, body);
    if (delivery) deliveries.push(delivery);
    const own = site.mood?.(delivery ?? { at: Date.now(), site: null, keys: [], bytes: 0 });
    if (own) return own;
    const headers = { 'content-type': 'application/json', 'user-agent': incoming.headers['user-agent'] ?? '' };
    const { method = 'GET' } = incoming;
    return handleTrpc(deps, new Request(url, { method, headers, ...(body && { body }) }));
  };
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const url = new URL(incoming.url ?? '/', site.origin);
    if (!url.pathname.startsWith(API)) {
      const file = files.get(url.pathname);
      outgoing.setHeader('content-type', file ? 'text/javascript' : 'text/html; charset=utf-8');
      outgoing.end(file ?? pageOf(html, url.pathname === '/blank' ? null : script));
      return;
    }
    const body = await textOf(incoming);
    if (body) underWay += 1;
    together = Math.max(together, underWay);
    const answer = await answerCall(url, body, incoming);
    await pause(site.delayMs);
    if (body) underWay -= 1;
    if (answer === 'hang up') return void incoming.socket.destroy();
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
    outgoing.end(await answer.text());
  };
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const site: ClientSite = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deliveries,
    together: () => together,
    calls: () => calls,
    mood: null,
    session: null,
    delayMs: 0,
    page: (options = {}, path = '/home') =>
      `${site.origin}${path}?options=${encodeURIComponent(JSON.stringify(options))}`,
    stored: async () => {
      await eventIngestion.forceFlush();
      const rows = await world.prisma.event.findMany({ orderBy: { occurredAt: 'asc' } });
      return rows.map(({ idempotencyKey: key, propsJson: props, touchJson: touch, ...row }) => {
        const { eventType, occurredAt, visitorId, sessionId, entityId, actorId } = row;
        return { key, eventType, props, touch, occurredAt, visitorId, sessionId, entityId, actorId };
      });
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await world[Symbol.asyncDispose]();
    },
  };
  return site;
}

function deliveryOf(url: URL, body: string): Delivery | null {
  if (!url.pathname.endsWith('.trackBatch')) return null;
  const [call] = Object.values(JSON.parse(body) as Record<string, { json: { events: { idempotencyKey: string }[] } }>);
  const keys = call?.json.events.map(({ idempotencyKey }) => idempotencyKey) ?? [];
  return { at: Date.now(), site: url.searchParams.get('site'), keys, bytes: body.length };
}

function pageOf(html: string, script: string | null): string {
  const load = script ? `<script type="module" src="${script}"></script>` : '';
  return `<!doctype html><html lang="en"><title>Home</title><link rel="icon" href="data:,"><body>${html}${load}`;
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
