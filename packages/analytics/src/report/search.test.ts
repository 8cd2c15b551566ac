import { randomUUID } from 'node:crypto';
import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { markDuplicates } from '@tallymark/prisma/stores/duplicates-mark';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attributionOf, pageView, store } from '../test-support/enrichment-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { askSearch, type SearchQuestion } from './search.ts';

const OTHER_SITE = '00000000-0000-7000-8000-0000000000aa';
const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const ENTITY = randomUUID();

let world: ReportWorld;
beforeAll(async () => {
  world = await openReportWorld();
  await world.prisma.site.create({ data: { id: OTHER_SITE, tenantId: DEFAULT_TENANT_ID, name: 'other' } });
});
afterAll(() => world[Symbol.asyncDispose]());

const ask = (more: Partial<SearchQuestion> = {}, scope: Partial<QuestionScope> = {}) =>
  askSearch(world.deps, world.scope(scope), { props: {}, order: 'newest', limit: 50, ...more });

const found = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).events.map(({ id }) => id);

/** Events under a service of their own, so that tests in one world are apart. */
const own = (service: string, rows: readonly ReturnType<typeof pageView>[]) => rows.map((row) => ({ ...row, service }));

describe('a search', () => {
  test('finds by every column, and nothing of another site', async () => {
    const asset = {
      eventType: 'asset_viewed',
      schemaVersion: 1,
      entityType: 'asset',
      entityId: ENTITY,
      actorId: 'actor-1',
      visitorId: 'visitor-1',
      sessionId: 'session-of-the-asset',
      source: 'mobile',
      propsJson: {},
    };
    const [wanted = ''] = await store(world.prisma, own('columns', [pageView(-5, asset), pageView(-4)]));
    await store(world.prisma, own('columns', [pageView(-5, { ...asset, siteId: OTHER_SITE })]));
    const service = 'columns';
    for (const question of [
      { eventType: 'asset_viewed' },
      { eventTypes: ['asset_viewed', 'asset_downloaded'] },
      { source: 'mobile' as const },
      { entityType: 'asset' },
      { entityId: ENTITY },
      { entityType: 'asset', entityId: ENTITY },
      { actorId: 'actor-1' },
      { visitorId: 'visitor-1' },
      { sessionId: 'session-of-the-asset' },
    ]) {
      expect(await found({ service, ...question }), JSON.stringify(question)).toEqual([wanted]);
      expect(await found(question), JSON.stringify(question)).toEqual([wanted]);
    }
    expect(await found({ service })).toHaveLength(2);
    expect(await found({ service, actorId: 'actor-2' })).toEqual([]);
  });

  test('tells an event as it is', async () => {
    const [id] = await world.record(
      own('whole', [pageView(-5, { visitorId: 'v', actorId: 'a', propsJson: { path: '/a', title: 'A' } })]),
    );
    const { events, scope } = await ask({ service: 'whole' });
    expect(scope).toMatchObject({ siteId: DEFAULT_SITE_ID });
    expect(events).toEqual([
      {
        id,
        eventType: 'page_viewed',
        occurredAt: '2026-11-15T11:55:00.000Z',
        receivedAt: expect.any(String),
        schemaVersion: 2,
        source: 'server',
        service: 'whole',
        entityType: null,
        entityId: null,
        actorId: 'a',
        visitorId: 'v',
        sessionId: 'session-1',
        workedOutSessionId: id,
        isBot: false,
        channel: 'direct',
        count: 1,
        samplingRate: 100,
        duplicateOf: null,
        props: { path: '/a', title: 'A' },
      },
    ]);
  });

  test('keeps to its period, whose end is not included', async () => {
    const [a, b, c] = await store(world.prisma, own('period', [pageView(-3), pageView(-2), pageView(-1)]));
    const at = (minutes: number) => pageView(minutes).occurredAt as Date;
    expect(await found({ service: 'period' }, { from: at(-3), to: at(-1) })).toEqual([b, a]);
    expect(await found({ service: 'period', order: 'oldest' }, { from: at(-2) })).toEqual([b, c]);
  });

  test('finds what was stored past every trigger, and is not enriched', async () => {
    const { id, occurredAt } = pageView(-5);
    await world.prisma.$executeRawUnsafe(
      `INSERT INTO events_2026_11 (id, event_type, occurred_at, service) VALUES ($1::uuid, 'page_viewed', $2, 'restored')`,
      id,
      occurredAt,
    );
    const { events } = await ask({ service: 'restored' });
    expect(events).toMatchObject([{ id, isBot: null, channel: null, workedOutSessionId: null }]);
    expect(await found({ service: 'restored' }, { bots: 'exclude' })).toEqual([]);
  });

  test('of events as they count meets bots, filter and session', async () => {
    const [person = '', bot = '', later = ''] = await world.record(
      own('counted', [
        pageView(-90, { visitorId: 'p', sessionId: 's', propsJson: { path: '/x', title: 'X' } }),
        pageView(-9, { visitorId: 'q', sessionId: 't', userAgent: GOOGLEBOT, propsJson: { path: '/x' } }),
        pageView(-8, { visitorId: 'p', sessionId: 's', propsJson: { path: '/y' } }),
      ]),
    );
    const service = 'counted';
    expect(await found({ service }, { bots: 'exclude' })).toEqual([later, person]);
    expect(await found({ service }, { bots: 'only' })).toEqual([bot]);
    const x = { field: 'page', op: 'is', value: '/x' } as const;
    const titled = { field: 'prop:title', op: 'exists' } as const;
    expect(await found({ service }, { filter: [x] })).toEqual([bot, person]);
    expect(await found({ service, order: 'oldest' }, { filter: [x] })).toEqual([person, bot]);
    expect(await found({ service, eventType: 'page_viewed' }, { filter: [x, titled] })).toEqual([person]);
    expect(await found({ service, props: { title: { exists: true } } }, { filter: [x] })).toEqual([person]);
    expect(await found({ service, visitorId: 'p' }, { bots: 'exclude' })).toEqual([later, person]);
    // One session id was sent, and silence made two sessions of it.
    const sessions = await attributionOf(world.prisma, [person, later]);
    expect(sessions.get(later)?.sessionJson).toMatchObject({ id: later });
    expect(await found({ sessionId: 's' })).toEqual([later, person]);
    expect(await found({ workedOutSessionId: person })).toEqual([person]);
    expect(await found({ workedOutSessionId: later })).toEqual([later]);
    expect(await found({ workedOutSessionId: later }, { siteId: OTHER_SITE })).toEqual([]);
  });

  test('shows a duplicate with what it repeats, and without the mark among its props', async () => {
    const [first = '', second = ''] = await world.record(own('twice', [pageView(-5), pageView(-4)]));
    await markDuplicates(world.prisma, randomUUID(), [{ id: second, duplicateOf: first }]);
    await world.fold();
    const { events } = await ask({ service: 'twice' });
    expect(events).toMatchObject([{ id: second, duplicateOf: first }, { duplicateOf: null }]);
    expect(events[0]?.props).toEqual({ path: '/' });
    expect(await found({ service: 'twice' }, { bots: 'exclude' })).toEqual([first]);
  });
});

describe('an event of an older version', () => {
  test('is found by the props of today, and shown with them', async () => {
    const old = { schemaVersion: 1, propsJson: { url: '/old', title: 'Old' } };
    const [id] = await world.record(own('older', [pageView(-5, old), pageView(-4, { propsJson: { path: '/new' } })]));
    const { events } = await ask({ service: 'older', eventType: 'page_viewed', props: { path: { is: '/old' } } });
    expect(events).toMatchObject([{ id, schemaVersion: 1, props: { path: '/old', title: 'Old' } }]);
    expect(await found({ service: 'older', props: { path: { contains: 'old' }, title: { is: 'Old' } } })).toEqual([id]);
    expect(await found({ service: 'older', props: { path: { is: '/old' } } }, { bots: 'exclude' })).toEqual([id]);
    expect(await found({ service: 'older', props: { path: { exists: false } } })).toEqual([]);
  });

  test('is shown with the props of today before it is counted', async () => {
    await store(world.prisma, own('uncounted', [pageView(-5, { schemaVersion: 1, propsJson: { url: '/old' } })]));
    expect((await ask({ service: 'uncounted' })).events).toMatchObject([{ props: { path: '/old' } }]);
  });
});

describe('a condition on a prop', () => {
  const asset = (propsJson: object) => pageView(-5, { eventType: 'asset_viewed', schemaVersion: 1, propsJson });
  const updated = (changedFields: unknown) =>
    pageView(-4, { eventType: 'profile_updated', schemaVersion: 1, propsJson: { changedFields } as object });
  const login = (success: unknown) =>
    pageView(-3, { eventType: 'user_login', schemaVersion: 1, propsJson: { success } as object });

  test('compares values of the kind that the plan says', async () => {
    const service = 'props';
    const rows = own(service, [
      asset({ view_duration_ms: 1000, referrer: 'https://News.example/a' }),
      asset({ view_duration_ms: 1000.5 }),
      asset({ view_duration_ms: '5000' }),
      asset({ view_duration_ms: null }),
      asset({}),
      updated(['email', 'name']),
      updated('e-mail'),
      login(true),
      login('true'),
    ]);
    const ids = await store(world.prisma, rows);
    const of = async (props: SearchQuestion['props']) =>
      (await found({ service, props })).map((id) => ids.indexOf(id)).sort();
    expect(await of({ view_duration_ms: { is: 1000 } })).toEqual([0]);
    expect(await of({ view_duration_ms: { in: [1000, 1000.5, 5000] } })).toEqual([0, 1]);
    expect(await of({ view_duration_ms: { above: 999.9 } })).toEqual([0, 1]);
    expect(await of({ view_duration_ms: { above: 1000 } })).toEqual([1]);
    expect(await of({ view_duration_ms: { below: 1000.5 } })).toEqual([0]);
    expect(await of({ view_duration_ms: { above: 999, below: 1000.25 } })).toEqual([0]);
    expect(await of({ view_duration_ms: { exists: true } })).toEqual([0, 1, 2]);
    expect(await of({ referrer: { contains: 'NEWS.' } })).toEqual([0]);
    expect(await of({ referrer: { contains: '%' } })).toEqual([]);
    expect(await of({ referrer: { is: "' OR 1=1 --" } })).toEqual([]);
    expect(await of({ changedFields: { contains: 'email' } })).toEqual([5]);
    expect(await of({ changedFields: { contains: 'mail' } })).toEqual([6]);
    expect(await of({ success: { is: true } })).toEqual([7]);
    expect(await of({ success: { in: [true, false] } })).toEqual([7]);
    const assets = { service, eventType: 'asset_viewed' };
    expect(await found({ ...assets, props: { view_duration_ms: { exists: false } } })).toHaveLength(2);
  });

  test('is refused where the type has no such prop', async () => {
    await expect(ask({ eventType: 'asset_viewed', props: { view_duration: { exists: true } } })).rejects.toThrow(
      '"view_duration" is no prop of "asset_viewed". There are view_duration_ms, referrer.',
    );
    await expect(ask({ eventType: 'a', eventTypes: ['b'] })).rejects.toThrow('not both');
  });

  test('that no type can meet finds nothing', async () => {
    expect(await found({ props: { view_duration_ms: { exists: true }, changedFields: { exists: true } } })).toEqual([]);
  });
});
