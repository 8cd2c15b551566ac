import { demoPlan } from '@tallymark/contract/demo-plan';
import type { ReportFilter } from '@tallymark/contract/reports/filter';
import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RetentionService } from '../retain/service.ts';
import { createCampaignsRouter } from '../routers/campaigns.ts';
import { createEventsRouter } from '../routers/events.ts';
import { countProcedures } from '../routers/stats-counts.ts';
import { entityProcedures } from '../routers/stats-entities.ts';
import { journeyProcedures } from '../routers/stats-journeys.ts';
import { createCallerFactory, router } from '../routers/trpc.ts';
import { pageView } from '../test-support/enrichment-world.ts';
import { LOG, NOW } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { ReportDatabase } from './report-database.ts';

const MINUTES = (time: string) => (Date.parse(time) - NOW.getTime()) / 60_000;
/** The cutoff of a retention of 13 months. */
const FLOOR = '2025-10-15T12:00:00.000Z';
const TO = '2026-11-15T00:00:00.000Z';
/** Begins where months do, so that read models hold all of it. */
const whole = { from: '2025-08-01T00:00:00.000Z', to: TO };
const since = { from: '2025-11-01T00:00:00.000Z', to: TO };
const filter: ReportFilter = [{ field: 'page', op: 'is', value: '/' }];

let world: ReportWorld;
beforeAll(async () => {
  world = await openReportWorld();
  const { prisma, databaseUrl, clock } = world;
  const times = ['2025-08-10T10:00:00Z', '2025-08-20T10:07:00Z', '2026-11-01T10:00:00Z'];
  await ensurePartitions(
    prisma,
    times.map((time) => new Date(time)),
  );
  const viewed = (time: string) =>
    pageView(MINUTES(time), { schemaVersion: 1, propsJson: { url: '/' }, visitorId: time, sessionId: time });
  await world.record(times.map(viewed));
  const retention = new RetentionService({
    prisma,
    databaseUrl,
    log: LOG,
    now: () => clock.now,
    config: { cleanupOlderThan: { months: 13 }, archiveDir: null, patienceMs: 2_000 },
  });
  expect(await retention.cleanupNow()).toMatchObject({ removed: 2, complete: true });
  await world.fold();
});
afterAll(() => world[Symbol.asyncDispose]());

const ask = (reports = world.deps.reports) => {
  const routers = router({
    campaigns: createCampaignsRouter(),
    events: createEventsRouter(demoPlan),
    stats: router({ ...countProcedures(), ...entityProcedures(), ...journeyProcedures() }),
  });
  const operations = { reports: { ...world.deps, reports, defaultSiteId: DEFAULT_SITE_ID } };
  return createCallerFactory(routers)({
    requestContext: { session: { userId: 'admin', role: 'admin' } },
    operations,
  } as never);
};

test('what read models hold is complete behind the floor of retention; what needs the events says from when it is', async () => {
  const { stats } = ask();
  expect(await stats.overview(whole)).toMatchObject({ events: { value: 3 }, scope: { incompleteBefore: null } });
  const filtered = await stats.overview({ ...whole, filter });
  expect(filtered).toMatchObject({ events: { value: 1 }, scope: { incompleteBefore: FLOOR } });
});

test('a question that asks for nothing from before the floor is complete, with a filter too', async () => {
  const { stats, events } = ask();
  const { scope } = await stats.breakdown({ ...since, by: 'page', filter });
  expect(scope.incompleteBefore).toBeNull();
  // The period before is asked about too.
  expect((await stats.overview({ ...since, filter })).scope.incompleteBefore).toBe(FLOOR);
  // It does not look further back than it has to.
  expect(await events.search({ ...whole, limit: 1, order: 'newest' })).toMatchObject({ events: [{}] });
  expect((await events.search(since)).scope.incompleteBefore).toBeNull();
});

test('rests of days and of quarters are counted from events: at the beginning they count, at the end they do not', async () => {
  const { stats } = ask();
  const askedFrom = async (from: string, to = TO) => (await stats.breakdown({ from, to, by: 'page' })).scope;
  expect((await askedFrom('2025-08-10T09:00:00Z')).incompleteBefore).toBe(FLOOR);
  expect((await askedFrom(whole.from, '2026-11-15T09:00:00Z')).incompleteBefore).toBeNull();
  const visitorsFrom = async (from: string) => {
    const asked = { from, to: TO, metric: 'visitors', unit: 'month' } as const;
    const sketched = ask(new ReportDatabase({ prisma: world.prisma, exactVisits: 0 })).stats;
    const answers = [await stats.timeseries(asked), await sketched.timeseries(asked)];
    return answers.map(({ scope }) => scope.incompleteBefore);
  };
  expect(await visitorsFrom('2025-08-20T10:15:00Z')).toEqual([null, null]);
  expect(await visitorsFrom('2025-08-20T10:05:00Z')).toEqual([FLOOR, FLOOR]);
});

test('whatever is answered from events says so where it tells its scope', async () => {
  const { stats, events, campaigns } = ask();
  const filtered = { ...whole, filter };
  const page = { page: '/' };
  const answers = [
    (await stats.timeseries(filtered)).scope,
    (await stats.timeseries({ ...whole, by: 'page', unit: 'day', timeZone: 'Asia/Kolkata' })).scope,
    (await stats.breakdown({ ...filtered, by: 'page' })).scope,
    (await stats.daily(filtered)).scope,
    (await stats.entities({ ...filtered, entityType: 'asset' })).scope,
    (await stats.entity({ ...filtered, entityType: 'asset', entityId: 'x' })).scope,
    await stats.funnel({ ...whole, steps: [page, page] }),
    await stats.retention({ ...whole, unit: 'month', startEvent: 'page_viewed' }),
    await stats.paths({ ...whole, at: page }),
    (await events.search(whole)).scope,
    (await campaigns.impressions(filtered)).scope,
    (await campaigns.conversions(filtered)).scope,
    (await campaigns.statistics(filtered)).scope,
    await stats.byTenant({ tenantId: DEFAULT_TENANT_ID, from: '2025-08-10T09:00:00Z', to: TO }),
  ];
  expect(answers.map(({ incompleteBefore }) => incompleteBefore)).toEqual(answers.map(() => FLOOR));
  const complete = [
    await stats.byTenant({ tenantId: DEFAULT_TENANT_ID, ...whole }),
    await stats.retention({ ...whole, unit: 'month' }),
    (await stats.daily(whole)).scope,
    (await campaigns.statistics(whole)).scope,
  ];
  expect(complete.map(({ incompleteBefore }) => incompleteBefore)).toEqual(complete.map(() => null));
});
