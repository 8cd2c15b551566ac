import { liveMessage } from '@tallymark/contract/reports/live';
import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { addSiteMember, removeSiteMember } from '@tallymark/prisma/stores/site-members';
import { eventually } from '@tallymark/testing/eventually';
import { describe, expect, test } from 'vitest';
import { manyViewed, NOW, openOwnWorld, openWorld, viewed } from '../test-support/ingestion-world.ts';
import { type LiveClient, openLive } from '../test-support/live-world.ts';

const OTHER_SITE = '00000000-0000-7000-8000-0000000000ff';
const MEMBER = { userId: 'member', role: 'user' };

const heard = (client: LiveClient) => eventually(() => client.told('counters').length > 0);
const idsOf = (receipts: readonly object[]) => receipts.map((receipt) => ('id' in receipt ? receipt.id : null));

describe('stats.live', () => {
  test('tells of accepted events in their order, and counts them each second', async () => {
    await using world = await openWorld();
    await using live = await openLive(world);
    const client = live.watch();
    const logins = live.watch({ eventTypes: ['user_logged_in'] });
    await Promise.all([heard(client), heard(logins)]);
    const ids: unknown[] = [];
    for (let n = 0; n < 20; n += 1) {
      ids.push(...idsOf(await live.ingestion.ingestBatch(manyViewed(3), { visitorId: `v-${n % 4}` })));
    }
    await eventually(() => client.events().length >= 60);
    expect(client.events()).toEqual(ids);
    for (const message of client.messages) expect(liveMessage.parse(message)).toEqual(message);

    world.clock.now = new Date(NOW.getTime() + 2_000);
    const counters = await eventually(() => client.told('counters').find(({ lastMinute }) => lastMinute > 0));
    expect(counters).toEqual({
      kind: 'counters',
      at: '2026-11-15T12:00:01.000Z',
      lastSecond: 60,
      lastMinute: 60,
      byType: [{ eventType: 'asset_viewed', events: 60 }],
      activeVisitors: 4,
      since: NOW.toISOString(),
      upToDate: true,
    });
    expect(logins.events()).toEqual([]);
    expect(client.told('gap')).toEqual([]);
  });

  test('what comes through a proxy arrives at once', async () => {
    await using world = await openWorld();
    await using live = await openLive(world);
    const response = await fetch(`${live.url}/stats.live?input=${encodeURIComponent('{"json":{}}')}`);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    const first = await response.body?.getReader().read();
    expect(new TextDecoder().decode(first?.value)).toContain('event: connected');
    live.cut();
  });

  test('goes on behind the last message after a cut, and repeats nothing', async () => {
    await using world = await openWorld();
    await using live = await openLive(world);
    const client = live.watch();
    await heard(client);
    const ids = idsOf(await live.ingestion.ingestBatch(manyViewed(3)));
    await eventually(() => client.events().length === 3);
    live.cut();
    for (let n = 0; n < 4; n += 1) ids.push(...idsOf(await live.ingestion.ingestBatch(manyViewed(5))));
    // The client waits for three seconds before it connects again.
    await eventually(() => client.events().length >= 23);
    ids.push(...idsOf(await live.ingestion.ingestBatch(manyViewed(2))));
    await eventually(() => client.events().length >= 25);
    expect(client.events()).toEqual(ids);
    expect([client.told('gap'), client.connections]).toEqual([[], 2]);
  });

  test('goes on in another process, and says what is missing where the stream has begun anew', async () => {
    await using world = await openWorld();
    await using live = await openLive(world);
    await using other = await openLive(world);
    const first = live.watch();
    await heard(first);
    await live.ingestion.ingestBatch(manyViewed(2));
    await eventually(() => first.events().length === 2);
    const lastEventId = first.ids.at(-1) ?? '';
    const more = idsOf(await other.ingestion.ingestBatch(manyViewed(3)));
    const second = other.watch({ lastEventId });
    await eventually(() => second.events().length >= 3);
    expect([second.events(), second.told('gap')]).toEqual([more, []]);
    second.leave();
    first.leave();
    await eventually(() => live.hub.watched.sites + other.hub.watched.sites === 0);

    await world.redis.del(`live:${DEFAULT_SITE_ID}`);
    const third = live.watch({ lastEventId });
    await heard(third);
    expect(third.told('gap')).toEqual([{ kind: 'gap', missed: null }]);
  });

  test('Redis is read once for all readers of a process, and not at all without any', async () => {
    await using world = await openWorld();
    await using live = await openLive(world);
    expect(await live.readingConnections()).toBe(0);
    const clients = [live.watch(), live.watch(), live.watch()];
    await Promise.all(clients.map(heard));
    await eventually(async () => (await live.readingConnections()) === 1);
    await live.ingestion.ingest(viewed());
    await eventually(() => clients.every((client) => client.events().length === 1));
    expect([live.hub.watched, await live.readingConnections()]).toEqual([{ readers: 3, sites: 1 }, 1]);
    for (const client of clients) client.leave();
    await eventually(async () => (await live.readingConnections()) === 0);
    expect(live.hub.watched).toEqual({ readers: 0, sites: 0 });
  });

  test('a reader that does not read holds nothing up, and is told what it missed', async () => {
    await using world = await openWorld();
    await using live = await openLive(world, { mostBehind: 10 });
    const leaving = new AbortController();
    const all = { eventTypes: null, lastEventId: null };
    const slow = live.hub.watch(DEFAULT_SITE_ID, all, leaving.signal);
    await slow.next();
    const quick = live.watch();
    await heard(quick);
    for (let n = 0; n < 5; n += 1) await live.ingestion.ingestBatch(manyViewed(10));
    await eventually(() => quick.events().length + dropped(quick) === 50);
    let missed = 0;
    while (missed === 0) {
      const { value } = await slow.next();
      if (value?.message.kind === 'dropped') missed = value.message.events;
    }
    expect(missed).toBe(50);
    leaving.abort();
    await slow.return();
  });

  test('a site is shown to its members, while they are members and signed in', async () => {
    await using world = await openWorld();
    await using live = await openLive(world, { recheckMs: 1 });
    await world.prisma.site.create({ data: { id: OTHER_SITE, tenantId: DEFAULT_TENANT_ID, name: 'other' } });
    await addSiteMember(world.prisma, { siteId: OTHER_SITE, userId: MEMBER.userId, role: 'viewer' }, NOW);
    const refusalOf = async (client: LiveClient) => {
      const refusal = await eventually(() => client.refusal);
      return [refusal, client.messages.length];
    };
    live.signIn(null);
    expect(await refusalOf(live.watch())).toEqual(['UNAUTHORIZED', 0]);
    live.signIn(MEMBER);
    expect(await refusalOf(live.watch())).toEqual(['FORBIDDEN', 0]);
    expect(await refusalOf(live.watch({ siteId: DEFAULT_SITE_ID }))).toEqual(['FORBIDDEN', 0]);

    const client = live.watch({ siteId: OTHER_SITE });
    await heard(client);
    await live.ingestion.ingest(viewed());
    const [own] = idsOf([await live.ingestion.ingest(viewed(), { siteId: OTHER_SITE })]);
    await eventually(() => client.events().length > 0);
    expect(client.events()).toEqual([own]);
    await removeSiteMember(world.prisma, { siteId: OTHER_SITE, userId: MEMBER.userId });
    expect((await refusalOf(client))[0]).toBe('FORBIDDEN');

    live.signIn({ userId: 'admin', role: 'admin' });
    const admin = live.watch();
    await heard(admin);
    live.signIn(null);
    expect((await refusalOf(admin))[0]).toBe('UNAUTHORIZED');
    await eventually(() => live.hub.watched.readers === 0);
  });

  test('there is a limit to readers, and it is said', async () => {
    await using world = await openWorld();
    await using live = await openLive(world, { mostReaders: 1 });
    const client = live.watch();
    await heard(client);
    const second = live.watch();
    expect(await eventually(() => second.refusal)).toBe('TOO_MANY_REQUESTS');
    client.leave();
    await eventually(() => live.hub.watched.readers === 0);
    await heard(live.watch());
  });

  test('a process that ends lets its readers go at once; they come back', async () => {
    await using world = await openWorld();
    await using live = await openLive(world);
    const response = await fetch(`${live.url}/stats.live?input=${encodeURIComponent('{"json":{}}')}`);
    const body = response.text();
    await eventually(() => live.hub.watched.readers === 1);
    await live.hub.close();
    // An orderly end would tell the client not to connect again.
    expect(await body).not.toContain('event: return');
    expect(live.hub.watched).toEqual({ readers: 0, sites: 0 });
  });

  test('a connection ends after a while, and the client makes a new one', async () => {
    await using world = await openWorld();
    await using live = await openLive(world, { longestMs: 1 });
    const response = await fetch(`${live.url}/stats.live?input=${encodeURIComponent('{"json":{}}')}`);
    const text = await response.text();
    expect(text).toContain('counters');
    expect(text).not.toContain('event: return');
  });

  test('Redis is killed and comes back: the stream goes on, and says what it does not know', async () => {
    await using world = await openOwnWorld();
    await using live = await openLive(world);
    const client = live.watch();
    await heard(client);
    await live.ingestion.ingest(viewed());
    await eventually(() => client.events().length === 1);
    await world.redisServer.crash();
    await eventually(() => client.told('counters').at(-1)?.upToDate === false);
    const away = await live.ingestion.ingestBatch(manyViewed(3));
    expect(away.map(({ status }) => status)).toEqual(Array(3).fill('accepted'));
    const nobody = new AbortController().signal;
    const another = live.hub.watch(OTHER_SITE, { eventTypes: null, lastEventId: null }, nobody);
    await expect(another.next()).rejects.toMatchObject({ code: 'unavailable' });
    await world.redisServer.restart();
    await eventually(() => client.told('counters').at(-1)?.upToDate === true);
    await eventually(() => client.events().length + missed(client) === 4);
    const [after] = idsOf([await live.ingestion.ingest(viewed())]);
    await eventually(() => client.events().includes(String(after)));
    expect([client.connections, client.events().length + missed(client)]).toEqual([1, 5]);
  });
});

const dropped = (client: LiveClient) => client.told('dropped').reduce((sum, { events }) => sum + events, 0);
const missed = (client: LiveClient) => client.told('gap').reduce((sum, { missed: n }) => sum + (n ?? 0), 0);
