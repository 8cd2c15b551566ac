import { demoPlan } from '@tallymark/contract/demo-plan';
import { markDuplicates } from '@tallymark/prisma/stores/duplicates-mark';
import { unmarkDuplicates } from '@tallymark/prisma/stores/duplicates-unmark';
import { appendEventLog } from '@tallymark/prisma/stores/event-log';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { expect, test } from 'vitest';
import { pageView, store } from '../test-support/enrichment-world.ts';
import { LOG } from '../test-support/ingestion-world.ts';
import { openReportWorld, pagesOf as pages, type ReportWorld } from '../test-support/report-world.ts';
import { ProjectionService } from './service.ts';

const total = async ({ prisma }: ReportWorld) =>
  (await prisma.siteCount.aggregate({ _sum: { events: true, stored: true } }))._sum;

test('an event counts once it is enriched, weighted by its count and sampling rate', async () => {
  await using world = await openReportWorld();
  const [id = ''] = await store(world.prisma, [pageView(0, { count: 3, samplingRate: 10, visitorId: 'v' })]);
  await world.fold();
  expect(await total(world)).toEqual({ events: null, stored: null });
  await world.enrichment.enrichEvents([id]);
  await world.fold();
  expect(await total(world)).toEqual({ events: 30, stored: 1n });
  await world.fold();
  expect(await total(world)).toEqual({ events: 30, stored: 1n });
});

test('marks, erasure and late enrichment are folded too; no cell is left behind', async () => {
  await using world = await openReportWorld();
  const [first = '', second = ''] = await world.record([pageView(0), pageView(1, { propsJson: { path: '/b' } })]);
  const decision = { id: second, duplicateOf: first };
  await markDuplicates(world.prisma, uuidV7(Date.now()), [decision]);
  await world.fold();
  expect(await pages(world)).toEqual({ '/': 1 });
  await unmarkDuplicates(world.prisma, [second]);
  await world.fold();
  expect(await pages(world)).toEqual({ '/': 1, '/b': 1 });
  await world.prisma.$transaction(async (tx) => {
    await appendEventLog(tx, 'erased', [first]);
    await tx.attribution.deleteMany({ where: { eventId: first } });
    await tx.event.deleteMany({ where: { id: first } });
  });
  await world.fold();
  expect(await pages(world)).toEqual({ '/b': 1 });
  expect(await total(world)).toEqual({ events: 1, stored: 1n });
});

test('events that retention removed keep their figures', async () => {
  await using world = await openReportWorld();
  const [id = ''] = await world.record([pageView(0)]);
  await world.prisma.event.deleteMany({ where: { id } });
  await world.prisma.eventFact.deleteMany({ where: { id } });
  await world.fold();
  expect(await total(world)).toEqual({ events: 1, stored: 1n });
});

test('an event that was restored from an archive is not counted again, however it is enriched', async () => {
  await using world = await openReportWorld();
  const data = {
    path: '/archive',
    events: 1n,
    tableBytes: 1n,
    archiveBytes: 1n,
    sha256: 'x',
    restoredAt: world.clock.now,
  };
  await world.prisma.eventArchive.create({ data: { month: '2026_11', ...data } });
  await world.record([pageView(0)]);
  expect(await total(world)).toEqual({ events: null, stored: null });
});

test('an event stored under an older version counts as the plan has it today', async () => {
  await using world = await openReportWorld();
  await world.record([pageView(0, { schemaVersion: 1, propsJson: { url: '/old' } })]);
  expect(await pages(world)).toEqual({ '/old': 1 });
});

test('an event whose transaction commits late is not skipped, and holds up nobody', async () => {
  await using world = await openReportWorld();
  const unenriched = new ProjectionService({
    prisma: world.prisma,
    plan: demoPlan,
    log: LOG,
    enrichmentPatienceMs: null,
  });
  await unenriched.catchUp();
  const late = pageView(0, { propsJson: { path: '/late' } });
  await world.prisma.$transaction(async (tx) => {
    await tx.event.create({ data: late });
    // Stored and folded in between, with higher numbers in the log.
    await store(world.prisma, [pageView(1, { propsJson: { path: '/early' } })]);
    await unenriched.catchUp();
    await store(world.prisma, [pageView(2, { propsJson: { path: '/early' } })]);
    await unenriched.catchUp();
    expect(await pages(world)).toEqual({ '/early': 2 });
  });
  await unenriched.catchUp();
  expect(await pages(world)).toEqual({ '/early': 2, '/late': 1 });
});

test('an event that waits for its enrichment in vain counts without it', async () => {
  await using world = await openReportWorld();
  await store(world.prisma, [pageView(0)]);
  world.clock.now = new Date(Date.now() + 30_000);
  await world.fold();
  expect(await total(world)).toEqual({ events: null, stored: null });
  world.clock.now = new Date(Date.now() + 120_000);
  await world.fold();
  expect(await total(world)).toEqual({ events: 1, stored: 1n });
});

test('events from before anything was counted are counted', async () => {
  await using world = await openReportWorld();
  const ids = await store(world.prisma, [pageView(0), pageView(1, { propsJson: { path: '/b' } })]);
  await world.enrichment.enrichEvents(ids);
  await world.prisma.$executeRaw`DELETE FROM event_log`;
  await world.fold();
  expect(await pages(world)).toEqual({ '/': 1, '/b': 1 });
});

test('a database that was restored elsewhere is counted anew', async () => {
  await using world = await openReportWorld();
  await world.record([pageView(0)]);
  await world.prisma.$executeRaw`UPDATE fact_checkpoint SET done = '9000000000:9000000000:'`;
  const [id = ''] = await store(world.prisma, [pageView(1)]);
  await world.enrichment.enrichEvents([id]);
  await world.fold();
  expect(await total(world)).toEqual({ events: 2, stored: 2n });
  await world.prisma.$executeRaw`UPDATE fact_checkpoint SET system_identifier = 'another'`;
  // The log of the other cluster did not come along.
  await world.prisma.$executeRaw`UPDATE events SET props_json = '{"path": "/moved"}'`;
  await world.fold();
  expect(await pages(world)).toEqual({ '/moved': 2 });
});

test('two processes that fold at the same time count each event once', async () => {
  await using world = await openReportWorld();
  const services = [0, 1, 2].map(() => world.projections({ eventsAtOnce: 7, changesAtOnce: 1 }));
  const rows = Array.from({ length: 200 }, (_, n) =>
    pageView(n / 10, { sessionId: `s-${n % 9}`, visitorId: `v-${n % 5}` }),
  );
  const ids = await store(world.prisma, rows);
  await Promise.all([world.enrichment.enrichEvents(ids), ...services.map((service) => service.catchUp())]);
  await world.fold();
  expect(await total(world)).toEqual({ events: 200, stored: 200n });
  expect(await pages(world)).toEqual({ '/': 200 });
});
