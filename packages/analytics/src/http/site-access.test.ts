import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { createPrisma } from '@tallymark/prisma/client';
import { insertSiteKey, revokeSiteKey } from '@tallymark/prisma/stores/site-keys';
import { eventually } from '@tallymark/testing/eventually';
import superjson from 'superjson';
import { describe, expect, test } from 'vitest';
import { createEventIngestionRouter } from '../routers/event-ingestion.ts';
import { router } from '../routers/trpc.ts';
import { type IngestionWorld, LOG, openOwnWorld, openWorld, viewed } from '../test-support/ingestion-world.ts';
import { handleEvents } from './events-endpoint.ts';
import { serveNode } from './node-adapter.ts';
import { requestContextFrom } from './request-context.ts';
import { SiteAccess, SiteRefused } from './site-access.ts';
import { handleTrpc } from './trpc-endpoint.ts';

const SITE = '00000000-0000-7000-8000-00000000aaaa';
const SHOP = 'https://shop.example';
const keyOf = (name: string) => `tm_${name.padEnd(22, '-')}`;
const [OPEN, SHOPS, REVOKED] = [keyOf('open'), keyOf('shops'), keyOf('revoked')];

async function addKeys({ prisma, clock: { now: at } }: IngestionWorld): Promise<void> {
  await prisma.site.create({ data: { id: SITE, tenantId: DEFAULT_TENANT_ID, name: 'Shop' } });
  const add = (key: string, origins: string[] = []) =>
    insertSiteKey(prisma, { key, siteId: SITE, name: key, origins, at }, 50);
  await add(OPEN);
  await add(SHOPS, [SHOP, 'https://*.shop.example']);
  await add(REVOKED);
  await revokeSiteKey(prisma, REVOKED, at);
}

/** The endpoints behind a real port, with the keys of sites. */
async function serve(world: IngestionWorld) {
  await addKeys(world);
  const eventIngestion = await world.service();
  const appRouter = router({ eventIngestion: createEventIngestionRouter<DemoPlan>() });
  const requestContext = async ({ headers, url }: Request) =>
    requestContextFrom({ headers, url, session: null, trustedProxyHops: 0 });
  const siteAccess = new SiteAccess({ store: world.prisma, log: LOG, now: () => world.clock.now });
  const shared = { log: LOG, eventIngestion, requestContext, siteAccess };
  const trpc = { ...shared, router: appRouter, endpoint: '/api/trpc' };
  const createContext = (context: ReturnType<typeof requestContextFrom>) => ({
    eventIngestion,
    requestContext: context,
  });
  const server = createServer((incoming, outgoing) => {
    const handle = (request: Request) =>
      incoming.url?.startsWith('/api/trpc')
        ? handleTrpc({ ...trpc, createContext }, request)
        : handleEvents(shared, request);
    void serveNode(handle, incoming, outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const post = (path: string, body: unknown, origin?: string) =>
    fetch(base + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(origin && { origin }) },
      body: JSON.stringify(body),
    });
  return {
    eventIngestion,
    preflight: (path: string, origin: string) => fetch(base + path, { method: 'OPTIONS', headers: { origin } }),
    base,
    get: (path: string, origin: string) => fetch(base + path, { headers: { origin } }),
    events: (query: string, origin?: string) => post(`/api/events${query}`, { events: [viewed()] }, origin),
    track: (query: string, origin?: string, path = 'eventIngestion.track') =>
      post(`/api/trpc/${path}${query}`, superjson.serialize(viewed()), origin),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const allowed = ({ headers }: Response) => headers.get('access-control-allow-origin');

describe('a request with the key of a site', () => {
  test.each(['events', 'track'] as const)('is one of that site, through %s', async (way) => {
    await using world = await openWorld();
    await using server = await serve(world);
    expect((await server[way](`?site=${OPEN}`)).status).toBe(200);
    expect((await server[way](`?site=${SHOPS}`, SHOP)).status).toBe(200);
    expect((await server[way]('')).status).toBe(200);
    await server.eventIngestion.forceFlush();
    const rows = await world.prisma.event.groupBy({ by: ['siteId'], _count: true });
    expect(rows).toContainEqual({ siteId: SITE, _count: 2 });
    expect(rows).toContainEqual({ siteId: DEFAULT_SITE_ID, _count: 1 });
    const seen = () =>
      world.prisma.siteKey.findMany({ where: { lastSeenAt: world.clock.now }, orderBy: { key: 'asc' } });
    await eventually(async () => (await seen()).length === 2);
    expect((await seen()).map(({ key }) => key)).toEqual([OPEN, SHOPS]);
  });

  test.each(['events', 'track'] as const)('is refused before its body is read, through %s', async (way) => {
    await using world = await openWorld();
    await using server = await serve(world);
    const refused: [string, string | undefined, RegExp][] = [
      [keyOf('unknown'), undefined, /No site has this key.*settings/],
      ['', undefined, /No site has this key/],
      [`${OPEN}'`, undefined, /No site has this key/],
      [REVOKED, SHOP, /revoked.*Create another/],
      [SHOPS, 'https://shop.example.evil.example', /may not send.*Add the origin/],
      [SHOPS, 'http://shop.example', /may not send/],
      [SHOPS, 'null', /may not send/],
    ];
    for (const [key, origin, message] of refused) {
      const response = await server[way](`?site=${encodeURIComponent(key)}`, origin);
      expect([response.status, allowed(response)], `${key} ${origin}`).toEqual([403, null]);
      expect(response.headers.get('x-correlation-id')).toBeTruthy();
      expect(await response.text()).toMatch(message);
    }
    expect((await server.eventIngestion.getStats()).totalReceived).toBe(0);
  });
});

describe('pages of other origins', () => {
  test('read the answers of ingest, of the keys that allow them', async () => {
    await using world = await openWorld();
    await using server = await serve(world);
    for (const path of ['/api/events', '/api/trpc/eventIngestion.trackBatch', '/api/trpc/eventIngestion.time']) {
      const asked = await server.preflight(`${path}?site=${SHOPS}`, 'https://de.shop.example');
      expect([asked.status, allowed(asked)], path).toEqual([204, 'https://de.shop.example']);
      expect(asked.headers.get('access-control-allow-headers')).toContain('content-type');
      const refused = await server.preflight(`${path}?site=${SHOPS}`, 'https://evil.example');
      expect([refused.status, allowed(refused)], path).toEqual([403, null]);
    }
    for (const response of [
      await server.events(`?site=${OPEN}`, 'https://anyone.example'),
      await server.track(`?site=${OPEN}`, 'https://anyone.example'),
      await server.get(`/api/trpc/eventIngestion.time?site=${OPEN}`, 'https://anyone.example'),
    ]) {
      expect([response.status, allowed(response)]).toEqual([200, 'https://anyone.example']);
      expect(response.headers.get('access-control-expose-headers')).toBe('retry-after, x-correlation-id');
      expect(response.headers.get('access-control-allow-credentials')).toBeNull();
      expect(response.headers.get('vary')).toContain('origin');
    }
  });

  test('read no other answer, and none without a key', async () => {
    await using world = await openWorld();
    await using server = await serve(world);
    const stats = `/api/trpc/eventIngestion.getStats?site=${OPEN}`;
    expect(allowed(await server.preflight(stats, SHOP))).toBeNull();
    expect(allowed(await server.get(stats, SHOP))).toBeNull();
    const mixed = await server.track(`?batch=1&site=${OPEN}`, SHOP, 'eventIngestion.track,eventIngestion.forceFlush');
    expect(allowed(mixed)).toBeNull();
    expect(allowed(await server.track(`?site=${OPEN}`, SHOP, 'constructor'))).toBeNull();
    expect(allowed(await server.events('', SHOP))).toBeNull();
    expect(allowed(await server.track('', SHOP))).toBeNull();
    expect(allowed(await server.preflight('/api/events', SHOP))).toBeNull();
  });

  test('send with a key alone, and call nothing else whoever is signed in there', async () => {
    await using world = await openWorld();
    await using server = await serve(world);
    const from = (fetchSite: string, path: string, payload: unknown) =>
      fetch(server.base + path, {
        method: 'POST',
        headers: { 'content-type': 'text/plain', 'sec-fetch-site': fetchSite },
        body: JSON.stringify(payload),
      }).then(({ status }) => status);
    const events = { events: [viewed()] };
    expect(await from('cross-site', '/api/events', events)).toBe(403);
    expect(await from('cross-site', `/api/events?site=${OPEN}`, events)).toBe(200);
    for (const near of ['same-origin', 'same-site', 'none']) expect(await from(near, '/api/events', events)).toBe(200);
    const flush = '/api/trpc/eventIngestion.forceFlush';
    for (const far of ['cross-site', 'same-site']) expect(await from(far, flush, {})).toBe(403);
    expect(await from('same-origin', flush, {})).not.toBe(403);
  });

  test('can read why they have to wait', async () => {
    await using world = await openWorld();
    await using server = await serve(world);
    await server.eventIngestion.shutdown();
    const closing = await server.events(`?site=${OPEN}`, SHOP);
    expect([closing.status, allowed(closing), closing.headers.get('retry-after')]).toEqual([503, SHOP, '1']);
    const trpc = await server.track(`?site=${OPEN}`, SHOP);
    expect([trpc.status, allowed(trpc), trpc.headers.get('retry-after')]).toEqual([503, SHOP, '1']);
  });
});

describe('what is known of keys', () => {
  const siteOf = async (access: SiteAccess, siteKey: string, origin: string | null = null) =>
    access.admit({ siteKey, origin }).then(
      ({ siteId }) => siteId,
      (error: unknown) => (error instanceof SiteRefused ? 'refused' : (error as Error).name),
    );

  test('is a minute old at most, of unknown ones five seconds', async () => {
    await using world = await openWorld();
    await addKeys(world);
    const access = new SiteAccess({ store: world.prisma, log: LOG, now: () => world.clock.now });
    const later = (seconds: number) => {
      world.clock.now = new Date(world.clock.now.getTime() + seconds * 1_000);
    };
    const fresh = keyOf('fresh');
    expect([await siteOf(access, OPEN), await siteOf(access, fresh)]).toEqual([SITE, 'refused']);
    await revokeSiteKey(world.prisma, OPEN, world.clock.now);
    const added = { key: fresh, siteId: SITE, name: 'fresh', origins: [], at: world.clock.now };
    await insertSiteKey(world.prisma, added, 50);
    later(4);
    expect([await siteOf(access, OPEN), await siteOf(access, fresh)]).toEqual([SITE, 'refused']);
    later(2);
    expect([await siteOf(access, OPEN), await siteOf(access, fresh)]).toEqual([SITE, SITE]);
    later(60);
    expect(await siteOf(access, OPEN)).toBe('refused');
  });

  test('is noted once a minute, however many processes hear of it', async () => {
    await using world = await openWorld();
    await addKeys(world);
    const deps = { store: world.prisma, log: LOG, now: () => world.clock.now };
    const [one, two] = [new SiteAccess(deps), new SiteAccess(deps)];
    const seen = async (key: string, at: Date) =>
      (await world.prisma.siteKey.count({ where: { key, lastSeenAt: at } })) === 1;
    const first = world.clock.now;
    await one.admit({ siteKey: OPEN });
    await eventually(() => seen(OPEN, first));
    world.clock.now = new Date(first.getTime() + 30_000);
    await two.admit({ siteKey: OPEN });
    await two.admit({ siteKey: SHOPS, origin: SHOP });
    // Written behind the other: once it is there, the other would be.
    await eventually(() => seen(SHOPS, world.clock.now));
    expect(await seen(OPEN, first)).toBe(true);
    world.clock.now = new Date(first.getTime() + 61_000);
    await one.admit({ siteKey: OPEN });
    await eventually(() => seen(OPEN, world.clock.now));
  });

  test('stays known while Postgres is away; a key that nobody has heard of has to wait', async () => {
    await using world = await openOwnWorld();
    await addKeys(world);
    const store = createPrisma({ databaseUrl: world.databaseUrl, maxConnections: 2, applicationName: 'site-access' });
    try {
      const access = new SiteAccess({ store, log: LOG, now: () => world.clock.now });
      expect(await siteOf(access, OPEN)).toBe(SITE);
      await world.postgres.stop();
      world.clock.now = new Date(world.clock.now.getTime() + 3_600_000);
      expect([await siteOf(access, OPEN), await siteOf(access, OPEN)]).toEqual([SITE, SITE]);
      expect(await siteOf(access, SHOPS, SHOP)).toBe('IngestError');
      expect(await siteOf(access, randomUUID())).toBe('refused');
    } finally {
      await store.$disconnect();
    }
  });
});
