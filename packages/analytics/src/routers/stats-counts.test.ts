import { randomUUID } from 'node:crypto';
import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { addSiteMember } from '@tallymark/prisma/stores/site-members';
import { connectRedis } from '@tallymark/redis/connect';
import { expect, test } from 'vitest';
import { ReportDatabase } from '../report/report-database.ts';
import { pageView } from '../test-support/enrichment-world.ts';
import { NOW } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { countProcedures } from './stats-counts.ts';
import { createCallerFactory, router } from './trpc.ts';

const OTHER_SITE = '00000000-0000-7000-8000-0000000000ff';
const DAY = 1_440;
const asset = randomUUID();
const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000).toISOString();
const period = { from: at(-10 * DAY), to: at(DAY) };
const ADMIN = { userId: 'admin', role: 'admin' };

function callerOf(world: ReportWorld, session: { userId: string; role: string } | null = ADMIN, deps = world.deps) {
  const operations = { reports: { ...deps, defaultSiteId: DEFAULT_SITE_ID } };
  return createCallerFactory(router(countProcedures()))({ requestContext: { session }, operations } as never);
}

const viewed = (minutes: number, visitor: string, more: object = {}) =>
  pageView(minutes, { visitorId: visitor, sessionId: visitor, ...more });
/** A sampled row of a type without a page. */
const sampled = (minutes: number, visitor: string, samplingRate: number, count: number, more: object = {}) =>
  viewed(minutes, visitor, {
    eventType: 'asset_viewed',
    schemaVersion: 1,
    propsJson: {},
    samplingRate,
    count,
    ...more,
  });

test('a tenant is all of its sites; a visitor of two of them is one, and only who may see all of them is told', async () => {
  await using world = await openReportWorld();
  const { prisma } = world;
  await prisma.site.create({ data: { id: OTHER_SITE, tenantId: DEFAULT_TENANT_ID, name: 'other' } });
  await world.record([
    viewed(-60, 'a'),
    viewed(-59, 'b'),
    viewed(-58, 'a', { siteId: OTHER_SITE }),
    sampled(-57, 'c', 50, 3, { siteId: OTHER_SITE }),
  ]);
  const asked = { tenantId: DEFAULT_TENANT_ID, ...period };
  expect(await callerOf(world).byTenant(asked)).toEqual({
    totalEvents: 9,
    eventsByType: { page_viewed: 3, asset_viewed: 6 },
    uniqueVisitors: 3,
    uniqueSessions: 4,
    dateRange: period,
    incompleteBefore: null,
    // (3 / 0.5)² × (1 − 0.5)
    errors: {
      totalEvents: expect.closeTo(Math.sqrt(18)),
      eventsByType: { asset_viewed: expect.closeTo(Math.sqrt(18)) },
      uniqueVisitors: 0,
    },
  });
  const sketching = { ...world.deps, reports: new ReportDatabase({ prisma, exactVisits: 0 }) };
  const long = await callerOf(world, ADMIN, sketching).byTenant({ ...asked, from: at(-40 * DAY) });
  expect(long).toMatchObject({ uniqueVisitors: 3, errors: { uniqueVisitors: expect.closeTo(3 * 0.0081, 2) } });

  const member = callerOf(world, { userId: 'm', role: 'user' });
  await addSiteMember(prisma, { siteId: DEFAULT_SITE_ID, userId: 'm', role: 'viewer' }, NOW);
  await expect(member.byTenant(asked)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await addSiteMember(prisma, { siteId: OTHER_SITE, userId: 'm', role: 'viewer' }, NOW);
  expect((await member.byTenant(asked)).totalEvents).toBe(9);
  await expect(member.byTenant({ ...asked, tenantId: randomUUID() })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(callerOf(world).byTenant({ ...asked, tenantId: randomUUID() })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(callerOf(world, null).byTenant(asked)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
});

test('what was sampled says its error: each point of a series, each row of a breakdown, and what is left', async () => {
  await using world = await openReportWorld();
  await world.record([
    sampled(-2 * DAY, 'a', 50, 3, { service: 'x' }),
    sampled(-2 * DAY + 1, 'a', 50, 1, { service: 'y' }),
    sampled(-1 * DAY, 'b', 25, 2, { service: 'y' }),
    viewed(-5, 'c', { service: 'z' }),
  ]);
  const caller = callerOf(world);
  const variance = (p: number, ...units: number[]) => units.reduce((sum, t) => sum + (t / p) ** 2 * (1 - p), 0);
  const sampling = (of: number) => ({ standard: expect.closeTo(Math.sqrt(of), 6), reason: 'sampling' });
  const { series } = await caller.timeseries({ ...period, from: at(-4 * DAY), unit: 'day' });
  const points = series[0]?.points.filter(({ value }) => value > 0);
  expect(points?.map(({ value, error }) => ({ value, error }))).toEqual([
    { value: 8, error: sampling(variance(0.5, 4)) },
    { value: 8, error: sampling(variance(0.25, 2)) },
    { value: 1, error: null },
  ]);
  // For long, by the noon of days; all noons are within their day here.
  const long = await caller.timeseries({ ...period, from: at(-40 * DAY), unit: 'day' });
  expect(long.series[0]?.points.filter(({ value }) => value > 0)).toMatchObject(points ?? []);

  const { rows, other, total } = await caller.breakdown({ ...period, by: 'service', limit: 2 });
  expect(rows).toEqual([
    { name: 'y', value: 10, share: expect.closeTo(1000 / 17), error: sampling(variance(0.5, 1) + variance(0.25, 2)) },
    { name: 'x', value: 6, share: expect.closeTo(600 / 17), error: sampling(variance(0.5, 3)) },
  ]);
  expect(other).toEqual({ value: 1, error: null });
  expect(total).toEqual({ value: 17, error: sampling(variance(0.5, 4) + variance(0.25, 2)) });
});

test('sessions, visitors and whatever else can be broken down, by entity and by prop too', async () => {
  await using world = await openReportWorld();
  const of = (id: string) => ({ eventType: 'asset_viewed', schemaVersion: 1, entityType: 'asset', entityId: id });
  const old = { schemaVersion: 1, propsJson: { url: '/old' } };
  await world.record([
    viewed(-3 * DAY, 'a', { ...of(asset), propsJson: { referrer: 'r' } }),
    viewed(-3 * DAY + 1, 'b', { ...of(asset), propsJson: { referrer: 'r' } }),
    viewed(-10, 'a', { ...of(randomUUID()), propsJson: {} }),
    viewed(-9, 'c', old),
  ]);
  const caller = callerOf(world);
  const of2 = async (input: Parameters<typeof caller.breakdown>[0]) => {
    const { rows, other, total } = await caller.breakdown(input);
    return [rows.map(({ name, value }) => [name, value]), other.value, total.value];
  };
  expect(await of2({ ...period, by: 'entity:asset', limit: 1 })).toEqual([[[asset, 2]], 1, 3]);
  const filter = [{ field: 'entity_type', op: 'exists' }] as const;
  expect(await of2({ ...period, by: 'entity:asset', limit: 1, filter: [...filter] })).toEqual([[[asset, 2]], 1, 3]);
  const prop = { ...period, eventType: 'asset_viewed', by: 'prop:referrer' };
  expect(await of2(prop)).toEqual([
    [
      ['r', 2],
      [null, 1],
    ],
    0,
    3,
  ]);
  expect(await of2({ ...prop, metric: 'visitors', limit: 1 })).toEqual([[['r', 2]], 1, 2]);
  expect(await of2({ ...period, by: 'prop:path', eventType: 'page_viewed' })).toEqual([[['/old', 1]], 0, 1]);
  // `a` came back after three days: another session.
  expect(await of2({ ...period, by: 'entry_page', metric: 'sessions' })).toEqual([
    [
      [null, 3],
      ['/old', 1],
    ],
    0,
    4,
  ]);
  expect(await of2({ ...period, by: 'entry_page', metric: 'sessions', eventType: 'asset_viewed' })).toEqual([
    [[null, 3]],
    0,
    3,
  ]);
  await expect(caller.breakdown({ ...period, by: 'entry_page' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await expect(caller.breakdown({ ...period, by: 'prop:path' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });

  const visitors = await caller.timeseries({ ...period, metric: 'visitors', by: 'event_type', unit: 'month' });
  expect(visitors.series.map(({ name, points }) => [name, points.at(-1)?.value])).toEqual([
    ['asset_viewed', 2],
    ['page_viewed', 1],
  ]);
  await expect(caller.timeseries({ ...period, metric: 'sessions', by: 'page' })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  });
});

test('the five most frequent have a series, all others one; before is told for the same', async () => {
  await using world = await openReportWorld();
  const many = Array.from({ length: 7 }, (_, n) =>
    Array.from({ length: n + 1 }, () => viewed(-2 * DAY, 'a', { propsJson: { path: `/${n}` } })),
  ).flat();
  await world.record([...many, viewed(-12 * DAY, 'a', { propsJson: { path: '/0' } })]);
  const asked = { from: at(-5 * DAY), to: at(0), by: 'page', unit: 'month', previous: true } as const;
  const { series, previous } = await callerOf(world).timeseries({ ...asked, from: at(-7 * DAY) });
  const sums = (all: typeof series) =>
    all.map(({ name, other, points }) => [name, other, points.reduce((sum, { value }) => sum + value, 0)]);
  const tops = ['/6', '/5', '/4', '/3', '/2'];
  expect(sums(series)).toEqual([...tops.map((name, n) => [name, false, 7 - n]), [null, true, 3]]);
  expect(sums(previous ?? [])).toEqual([...tops.map((name) => [name, false, 0]), [null, true, 1]]);
});

test('too many points are refused, with the unit to take', async () => {
  await using world = await openReportWorld();
  const asked = callerOf(world).timeseries({ from: at(-30 * DAY), to: at(0), unit: 'minute' });
  await expect(asked).rejects.toMatchObject({ code: 'BAD_REQUEST', message: expect.stringMatching(/hour/) });
});

test('every day has a row, of the same numbers from days, quarters and facts', async () => {
  await using world = await openReportWorld();
  await world.record([
    viewed(-3 * DAY, 'a'),
    viewed(-3 * DAY + 1, 'a', { eventType: 'license_signed', schemaVersion: 1, propsJson: {} }),
    viewed(-1 * DAY, 'b', { eventType: 'license_created', schemaVersion: 1, propsJson: { feeCents: 700 }, count: 2 }),
  ]);
  const asked = { from: '2026-11-11T00:00:00.000Z', to: '2026-11-15T00:00:00.000Z' };
  const row = (day: string, [events, pageViews, conversions, value, visitors, sessions, stored]: number[]) => ({
    ...{ day, events, stored, pageViews, conversions, value, sessions },
    visitors: { value: visitors, error: null },
  });
  const expected = [
    row('2026-11-11', [0, 0, 0, 0, 0, 0, 0]),
    row('2026-11-12', [2, 1, 1, 0, 1, 1, 2]),
    row('2026-11-13', [0, 0, 0, 0, 0, 0, 0]),
    row('2026-11-14', [2, 0, 0, 1_400, 1, 1, 1]),
  ];
  const caller = callerOf(world);
  expect((await caller.daily(asked)).days).toMatchObject(expected);
  expect((await caller.daily({ ...asked, filter: [{ field: 'source', op: 'exists' }] })).days).toMatchObject(expected);
  const { days } = await caller.daily({ ...asked, timeZone: 'Asia/Kathmandu' });
  expect(days.slice(0, 4)).toMatchObject(expected);
  expect(days[1]?.start).toBe('2026-11-11T18:15:00.000Z');
});

test('the business page is worked out once a minute, by whoever asks, and kept for 90 days', async () => {
  await using world = await openReportWorld();
  await world.record([viewed(-30, 'a', { service: 'shop' }), viewed(-2 * DAY, 'b')]);
  const caller = callerOf(world);
  const [first, same] = await Promise.all([caller.business({}), caller.business({})]);
  expect(same).toEqual(first);
  expect(first).toMatchObject({
    totals: { events: 2 },
    last24Hours: { events: 1, visitors: 1, sessions: 1, pageViews: 1 },
    lastHour: { events: 1 },
    top: { types: [{ name: 'page_viewed', events: 1 }], pages: [{ name: '/', events: 1 }] },
  });
  expect(first.perMinute).toHaveLength(60);
  expect(first.perMinute.find(({ events }) => events > 0)?.start).toBe(at(-30));
  expect(first.byHour.map(({ events }) => events)).toEqual(
    Array.from({ length: 24 }, (_, hour) => Number(hour === 11) + Number(hour === 12)),
  );
  await world.record([viewed(-20, 'c')]);
  world.clock.now = new Date(NOW.getTime() + 30_000);
  expect(await caller.business({})).toEqual(first);

  // Without Redis it is answered all the same.
  const away = connectRedis({ url: 'redis://127.0.0.1:1', prefix: 'away', name: 'test' });
  const alone = callerOf(world, ADMIN, { ...world.deps, redis: away });
  expect((await alone.business({})).totals.events).toBe(3);
  away.disconnect();
  const history = await caller.businessHistory(period);
  expect(history.snapshots.map(({ totals }) => totals.events)).toEqual([3, 2]);
  world.clock.now = new Date(NOW.getTime() + 91 * DAY * 60_000);
  await callerOf(world, ADMIN, { ...world.deps, redis: null }).business({});
  expect((await caller.businessHistory({ from: at(-DAY), to: at(100 * DAY) })).snapshots).toHaveLength(1);
});

test('what no event and no clock has is refused before Postgres sees it', async () => {
  await using world = await openReportWorld();
  const caller = callerOf(world);
  for (const eventType of ['a\0', '\ud800']) {
    const refused = { code: 'BAD_REQUEST', message: expect.stringContaining('has a character that no event has') };
    await expect(caller.breakdown({ ...period, by: 'page', eventType })).rejects.toMatchObject(refused);
    await expect(caller.timeseries({ ...period, eventType })).rejects.toMatchObject(refused);
  }
  const ancient = { ...period, from: '0000-01-01T00:00:00Z' };
  await expect(caller.businessHistory(ancient)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});
