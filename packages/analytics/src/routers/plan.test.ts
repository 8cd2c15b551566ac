import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import { addSiteMember } from '@tallymark/prisma/stores/site-members';
import { RejectionCounts } from '@tallymark/redis/rejection-counts';
import { expect, test } from 'vitest';
import { pageView, store } from '../test-support/enrichment-world.ts';
import { NOW } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { createEntitiesRouter } from './entities.ts';
import { createPipelineRouter } from './pipeline.ts';
import { createPlanRouter } from './plan.ts';
import { createCallerFactory, router } from './trpc.ts';

const OTHER_SITE = '00000000-0000-7000-8000-0000000000aa';
const DAY_MINUTES = 1_440;

const routers = () =>
  router({ plan: createPlanRouter(), entities: createEntitiesRouter(), pipeline: createPipelineRouter() });

async function callerFor(
  world: ReportWorld,
  session: { userId: string; role: string } | null,
  redis = world.deps.redis,
) {
  return createCallerFactory(routers())({
    eventIngestion: await world.service(),
    requestContext: { session },
    operations: { reports: { ...world.deps, redis, defaultSiteId: DEFAULT_SITE_ID } },
  });
}
const admin = { userId: 'root', role: 'admin' };

test('what the plan says of every type, beside what came', async () => {
  await using world = await openReportWorld();
  await ensurePartitions(world.prisma, [new Date('2026-10-01T00:00:00Z')]);
  await world.record([
    pageView(-10, { samplingRate: 50 }),
    pageView(-20, { count: 3 }),
    // Longer ago than is counted here.
    pageView(-40 * DAY_MINUTES, { eventType: 'asset_viewed', schemaVersion: 1, propsJson: {} }),
    pageView(-5, { eventType: 'asset_eaten', schemaVersion: 1, propsJson: {} }),
  ]);
  const counts = new RejectionCounts(world.redis);
  const invalid = { eventType: 'asset_viewed', reason: 'invalid_props', events: 2 };
  await counts.add('2026-11-15', [invalid, { ...invalid, reason: 'conflict', events: 1 }]);
  await counts.add('2026-10-17', [invalid, { eventType: 'asset_drunk', reason: 'unknown_event_type', events: 4 }]);
  await counts.add('2026-10-16', [invalid]);
  const answer = await (await callerFor(world, admin)).plan.types({});
  const of = (type: string) => answer.types.find(({ eventType }) => eventType === type);
  expect(answer).toMatchObject({ from: '2026-10-17T00:00:00.000Z', rejectionsKnown: true });
  expect(of('page_viewed')).toMatchObject({
    version: 2,
    alwaysKeep: true,
    report: { page: 'path' },
    events: 5,
    lastSeenAt: new Date(NOW.getTime() - 10 * 60_000).toISOString(),
    rejected: 0,
    schema: { type: 'object', required: ['path'], additionalProperties: false },
  });
  expect(of('asset_viewed')).toMatchObject({
    entityType: 'asset',
    events: 0,
    lastSeenAt: new Date(NOW.getTime() - 40 * 86_400_000).toISOString(),
    rejected: 5,
    reasons: [
      { reason: 'invalid_props', events: 4 },
      { reason: 'conflict', events: 1 },
    ],
  });
  expect(of('payout_failed')).toMatchObject({ events: 0, lastSeenAt: null });
  expect(answer.retired).toMatchObject([{ eventType: 'asset_eaten', events: 1 }]);
  expect(answer.unknown).toEqual([
    { eventType: 'asset_drunk', rejected: 4, reasons: [{ reason: 'unknown_event_type', events: 4 }] },
  ]);
  const elsewhere = await (await callerFor(world, admin)).plan.types({ siteId: OTHER_SITE });
  expect(elsewhere.types.every(({ lastSeenAt, events }) => lastSeenAt === null && events === 0)).toBe(true);
});

test('without Redis rejections are not known, and it is said', async () => {
  await using world = await openReportWorld();
  const answer = await (await callerFor(world, admin, null)).plan.types({});
  expect(answer).toMatchObject({ rejectionsKnown: false, unknown: [] });
});

test('which props are sent, also those that the plan has no longer', async () => {
  await using world = await openReportWorld();
  await store(world.prisma, [
    pageView(-1, { propsJson: { path: '/', title: 'A' } }),
    pageView(-2, { propsJson: { path: '/', old: 1, _duplicate: true } }),
  ]);
  const { plan } = await callerFor(world, admin);
  expect(await plan.propsSent({ eventType: 'page_viewed' })).toEqual({
    events: 2,
    props: [
      { name: 'path', events: 2 },
      { name: 'old', events: 1 },
      { name: 'title', events: 1 },
    ],
  });
  expect(await plan.propsSent({ eventType: 'never' })).toEqual({ events: 0, props: [] });
  await store(world.prisma, [pageView(-3, { eventType: 'bare', propsJson: {} })]);
  expect(await plan.propsSent({ eventType: 'bare' })).toEqual({ events: 1, props: [] });
});

test('entities are what their latest snapshot shows; those of another site are not shown', async () => {
  await using world = await openReportWorld();
  let title = 'before';
  const enrichment = world.worker({
    snapshotReaders: {
      asset: async (_db, ids) => new Map(ids.flatMap((id) => (id === 'gone' ? [] : [[id, { title }] as const]))),
    },
  });
  const seen = (minutes: number, entityId: string) =>
    pageView(minutes, { eventType: 'asset_viewed', schemaVersion: 1, propsJson: {}, entityType: 'asset', entityId });
  await enrichment.enrichEvents(await store(world.prisma, [seen(-20, 'a'), seen(-20, 'gone')]));
  title = 'after';
  await enrichment.enrichEvents(await store(world.prisma, [seen(-10, 'a')]));
  // Not enriched yet.
  await store(world.prisma, [seen(-1, 'a')]);
  await addSiteMember(world.prisma, { siteId: DEFAULT_SITE_ID, userId: 'ada', role: 'viewer' }, NOW);
  const { entities } = await callerFor(world, { userId: 'ada', role: 'user' });
  const asked = { entityType: 'asset', entityIds: ['a', 'gone', 'a', 'never'] };
  expect(await entities.snapshots(asked)).toMatchObject({
    entities: [{ entityId: 'a', snapshot: { state: 'present', entity: { title: 'after' } } }],
  });
  await world.prisma.event.updateMany({ data: { siteId: OTHER_SITE } });
  expect(await entities.snapshots(asked)).toEqual({ entities: [] });
  const { entityTypes } = await entities.types({});
  expect(entityTypes[0]).toMatchObject({ entityType: 'asset', valued: false });
  expect(entityTypes.find(({ entityType }) => entityType === 'license')).toMatchObject({ valued: true });
});

test('the time from receipt to row, of the latest events', async () => {
  await using world = await openReportWorld();
  const { pipeline } = await callerFor(world, admin);
  expect(await pipeline.storingTimes({})).toEqual({ events: 0, p50: null, p95: null, max: null });
  const received = (minutes: number, ms: number) => ({
    ...pageView(minutes),
    createdAt: NOW,
    receivedAt: new Date(NOW.getTime() - ms),
  });
  await store(world.prisma, [
    received(-1, 100),
    received(-2, 200),
    received(-3, 4_000),
    received(-2 * DAY_MINUTES, 9_999),
  ]);
  expect(await pipeline.storingTimes({})).toEqual({ events: 3, p50: 200, p95: 4_000, max: 4_000 });
});

test('plan and pipeline are for admins, entities for members of the site', async () => {
  await using world = await openReportWorld();
  for (const [session, code] of [
    [{ userId: 'bob', role: 'user' }, 'FORBIDDEN'],
    [null, 'UNAUTHORIZED'],
  ] as const) {
    const { plan, pipeline, entities } = await callerFor(world, session);
    for (const ask of [
      () => plan.types({}),
      () => plan.propsSent({ eventType: 'page_viewed' }),
      () => pipeline.storingTimes({}),
      () => entities.types({}),
      () => entities.snapshots({ entityType: 'asset', entityIds: ['a'] }),
    ]) {
      await expect(ask()).rejects.toMatchObject({ code });
    }
  }
});
