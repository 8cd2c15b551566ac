import { demoPlan } from '@tallymark/contract/demo-plan';
import { markDuplicates } from '@tallymark/prisma/stores/duplicates-mark';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { ProjectionAdmin } from '../project/admin.ts';
import { pageView, store } from '../test-support/enrichment-world.ts';
import { foldFactsAlone } from '../test-support/fold-behind.ts';
import { LOG, whileHeld } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { RetentionService } from './service.ts';

// The clock says 15 November 2026. All but what is of November itself is older than 14 days.
const DAY = 24 * 60;
const october = (path = '/') => pageView(-20 * DAY, { visitorId: 'v', propsJson: { path } });

async function openOctober(): Promise<ReportWorld> {
  const world = await openReportWorld();
  await ensurePartitions(world.prisma, [new Date('2026-10-01T00:00:00Z')]);
  await world.record([pageView(-10 * DAY)]);
  return world;
}

const cleanup = ({ prisma, databaseUrl, clock }: ReportWorld, days = 14, patienceMs = 2_000) =>
  new RetentionService({
    prisma,
    databaseUrl,
    log: LOG,
    now: () => clock.now,
    config: { cleanupOlderThan: { days }, archiveDir: null, patienceMs },
  }).cleanupNow();

const postponed = (reason: RegExp) => ({
  removed: 0,
  complete: false,
  months: [{ outcome: 'postponed', reason: expect.stringMatching(reason) }],
});
const DROPPED = { complete: true, months: [{ month: '2026_10', outcome: 'dropped' }] };

async function countedIn({ prisma }: ReportWorld): Promise<number> {
  const { _sum } = await prisma.siteCount.aggregate({ _sum: { events: true } });
  return _sum.events ?? 0;
}

test('a month stays until every read model has taken in its facts', async () => {
  await using world = await openOctober();
  await world.enrichment.enrichEvents(await store(world.prisma, [october()]));
  await foldFactsAlone(world);
  expect(await cleanup(world)).toMatchObject(postponed(/^campaigns, counts, .* has not taken in all of its facts/));
  await world.fold();
  expect(await cleanup(world)).toMatchObject({ removed: 1, ...DROPPED });
  expect(await countedIn(world)).toBe(2);
});

test('and until every read model has taken back what it lost', async () => {
  await using world = await openOctober();
  const [id = '', of = ''] = await world.record([october('/a'), october('/b')]);
  await markDuplicates(world.prisma, uuidV7(0), [{ id, duplicateOf: of }]);
  expect(await cleanup(world)).toMatchObject(postponed(/^changes of its events are not counted yet/));
  await foldFactsAlone(world);
  expect(await cleanup(world)).toMatchObject(postponed(/counts.* has not taken in/));
  await world.fold();
  expect(await cleanup(world)).toMatchObject({ removed: 2, ...DROPPED });
  expect(await countedIn(world)).toBe(2);
});

test('and while its events wait to be enriched or folded', async () => {
  await using world = await openOctober();
  const ids = await store(world.prisma, [october()]);
  await world.fold();
  expect(await cleanup(world)).toMatchObject(postponed(/^events wait for their enrichment/));
  await world.enrichment.enrichEvents(ids);
  expect(await cleanup(world)).toMatchObject(postponed(/^changes of its events/));
  await world.fold();
  expect(await cleanup(world)).toMatchObject({ removed: 1, ...DROPPED });
  expect(await countedIn(world)).toBe(2);
});

test('and while anything is rebuilt', async () => {
  await using world = await openOctober();
  await world.record([october()]);
  await new ProjectionAdmin({ prisma: world.prisma, plan: demoPlan }).rebuild('daily');
  expect(await cleanup(world)).toMatchObject(postponed(/^daily is being rebuilt/));
  await world.fold();
  expect(await cleanup(world)).toMatchObject({ removed: 1, ...DROPPED });
});

test('nothing goes from a database in which nothing was ever counted', async () => {
  await using world = await openReportWorld();
  await ensurePartitions(world.prisma, [new Date('2026-10-01T00:00:00Z')]);
  await store(world.prisma, [october()]);
  expect(await cleanup(world)).toMatchObject(postponed(/^no events are counted yet; start the worker/));
});

test('row by row, events that are not counted stay, and so do those behind them', async () => {
  await using world = await openReportWorld();
  await world.record([pageView(-10 * DAY)]);
  await world.enrichment.enrichEvents(await store(world.prisma, [pageView(-9 * DAY)]));
  expect(await cleanup(world, 8)).toMatchObject(postponed(/^2 events stay: changes of its events/));
  await foldFactsAlone(world);
  expect(await cleanup(world, 8)).toMatchObject(postponed(/^2 events stay: .*has not taken in/));
  await world.fold();
  expect(await cleanup(world, 8)).toMatchObject({ removed: 2, complete: true });
  expect(await countedIn(world)).toBe(2);
});

test('what is uncounted of other months keeps nothing', async () => {
  await using world = await openOctober();
  await world.record([october()]);
  await world.enrichment.enrichEvents(await store(world.prisma, [pageView(0)]));
  expect(await cleanup(world)).toMatchObject({ removed: 1, ...DROPPED });
});

test('while events are being counted, a month is not detached', async () => {
  await using world = await openOctober();
  await world.record([october()]);
  const busy = `SELECT FROM projections WHERE name = 'facts' FOR UPDATE`;
  const report = await whileHeld(world, busy, () => cleanup(world, 14, 300));
  expect(report).toMatchObject(postponed(/^events were being counted all the time/));
  expect(await cleanup(world)).toMatchObject(DROPPED);
});

test('while events come and are folded, all that retention takes was counted', async () => {
  await using world = await openOctober();
  const worker = world.projections({ eventsAtOnce: 20, changesAtOnce: 1 });
  worker.start();
  let stored = 1;
  for (let round = 0; round < 6; round += 1) {
    // A month that is gone comes back with the events that are late for it.
    await ensurePartitions(world.prisma, [new Date('2026-10-01T00:00:00Z')]);
    const late = Array.from({ length: 50 }, (_, n) => pageView(-20 * DAY + n, { visitorId: `v-${round}` }));
    await world.enrichment.enrichEvents(await store(world.prisma, late));
    stored += late.length;
    let removed = 0;
    await eventually(async () => {
      removed += (await cleanup(world)).removed;
      return removed === late.length;
    });
  }
  await worker.stop();
  await world.fold();
  expect(await countedIn(world)).toBe(stored);
  const { _sum } = await world.prisma.sessionDay.aggregate({ where: { dimension: '' }, _sum: { pageViews: true } });
  expect(Number(_sum.pageViews)).toBe(stored);
  const failing = (await worker.list()).filter(({ attempts, failedAt }) => attempts > 0 || failedAt !== null);
  expect(failing).toEqual([]);
}, 30_000);
