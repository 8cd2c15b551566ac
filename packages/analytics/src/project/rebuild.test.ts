import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { demoPlan } from '@tallymark/contract/demo-plan';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import { requestRebuild } from '@tallymark/prisma/stores/rebuilds';
import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { pageView, store } from '../test-support/enrichment-world.ts';
import { LOG } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { ProjectionAdmin } from './admin.ts';
import type { Projection } from './projection.ts';
import { countsProjection } from './projections/counts.ts';
import { ProjectionService } from './service.ts';

const PROCESS = fileURLToPath(new URL('../test-support/projection-process.ts', import.meta.url));

const adminOf = ({ prisma }: ReportWorld) => new ProjectionAdmin({ prisma, plan: demoPlan });

const views = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) =>
    pageView(from + n / 10, {
      sessionId: `s-${from}-${n % 50}`,
      visitorId: `v-${n % 40}`,
      propsJson: { path: `/${n % 7}` },
    }),
  );

const countsOf = ({ prisma }: ReportWorld) =>
  prisma.siteCount.findMany({ orderBy: [{ siteId: 'asc' }, { quarter: 'asc' }] });

test('a rebuild of what is right finds no difference and changes nothing', async () => {
  await using world = await openReportWorld();
  await world.record(views(200));
  const before = await countsOf(world);
  const admin = adminOf(world);
  for (const { name } of await admin.list()) await admin.rebuild(name);
  await expect(admin.rebuild('counts')).rejects.toMatchObject({ code: 'already_rebuilding' });
  await world.fold();
  const rebuilds = await admin.rebuilds();
  expect(rebuilds.length).toBeGreaterThan(8);
  // The first is that of a database in which nothing was counted yet.
  for (const rebuild of rebuilds.slice(0, -1)) {
    expect(rebuild).toMatchObject({ phase: 'done', error: null, rowsDiffer: 0, factsDiffer: 0, differences: [] });
  }
  expect(await countsOf(world)).toEqual(before);
});

test('a cell that is wrong is reported and mended; so is a fact', async () => {
  await using world = await openReportWorld();
  const [id] = await world.record(views(20));
  const before = await countsOf(world);
  await world.prisma.$executeRaw`UPDATE site_counts SET events = events + 1`;
  await world.prisma.$executeRaw`UPDATE event_facts SET page = '/wrong' WHERE id = ${id}::uuid`;
  const admin = adminOf(world);
  await admin.rebuild('counts');
  await world.fold();
  const [rebuild] = await admin.rebuilds(1);
  expect(rebuild).toMatchObject({ phase: 'done', rowsDiffer: 2 * before.length, factsDiffer: 1 });
  expect(rebuild?.differences).toContainEqual(
    expect.objectContaining({
      table: 'site_counts',
      in: 'live',
      row: expect.objectContaining({ site_id: before[0]?.siteId }),
    }),
  );
  expect(await countsOf(world)).toEqual(before);
  expect(await world.prisma.eventFact.count({ where: { page: '/wrong' } })).toBe(0);
});

test('rebuilt tables keep the names of their indexes', async () => {
  await using world = await openReportWorld();
  await world.record(views(5));
  const indexes = () =>
    world.prisma.$queryRaw`SELECT tablename, indexname FROM pg_indexes WHERE tablename !~ '_[0-9]{4}_' ORDER BY 1, 2`;
  const before = await indexes();
  const admin = adminOf(world);
  for (const { name } of await admin.list()) await admin.rebuild(name);
  await world.fold();
  expect(await indexes()).toEqual(before);
});

test('a rebuild while events come in, killed twice, ends without a difference', async () => {
  await using world = await openReportWorld();
  await world.record(views(600));
  const admin = adminOf(world);
  for (const { name } of await admin.list()) await admin.rebuild(name);
  let from = 100;
  for (let round = 0; round < 2; round += 1) {
    const child = spawn(process.execPath, ['--import', 'tsx', PROCESS, world.databaseUrl, '40', '1'], {
      stdio: 'inherit',
    });
    const exited = once(child, 'exit');
    const done = async () => (await admin.rebuilds()).reduce((sum, { processed }) => sum + processed, 0);
    const start = await done();
    await world.enrichment.enrichEvents(await store(world.prisma, views(100, from)));
    from += 100;
    await eventually(async () => (await done()) > start + 100, { timeoutMs: 20_000 });
    child.kill('SIGKILL');
    await exited;
    // Readers are never without a table.
    expect((await countsOf(world)).length).toBeGreaterThan(0);
  }
  await eventually(async () => {
    await world.fold();
    return (await admin.rebuilds()).every(({ phase }) => phase === 'done');
  });
  for (const { rowsDiffer } of await admin.rebuilds()) expect(rowsDiffer).toBe(0);
  const { _sum } = await world.prisma.siteCount.aggregate({ _sum: { stored: true } });
  expect(_sum.stored).toBe(800n);
});

test('figures older than the floor of retention are kept', async () => {
  await using world = await openReportWorld();
  await ensurePartitions(world.prisma, [new Date('2026-10-01T00:00:00Z')]);
  await world.record([pageView(-60 * 24 * 20, { sessionId: 'old' }), pageView(0)]);
  const before = await countsOf(world);
  expect(before).toHaveLength(2);
  const old = { occurredAt: { lt: before[1]?.quarter } };
  await world.prisma.eventFact.deleteMany({ where: old });
  await world.prisma.event.deleteMany({ where: old });
  await world.prisma.retentionRun.create({
    data: { id: crypto.randomUUID(), removedTo: new Date('2026-10-31T00:00:00Z'), removed: 1n, finishedAt: new Date() },
  });
  const admin = adminOf(world);
  await admin.rebuild('counts');
  await world.fold();
  expect((await admin.rebuilds(1))[0]).toMatchObject({ phase: 'done', rowsDiffer: 0 });
  expect(await countsOf(world)).toEqual(before);
});

test('a read model of an older version is rebuilt by itself', async () => {
  await using world = await openReportWorld();
  await world.record(views(10));
  await world.prisma.$executeRaw`UPDATE projections SET version = 0 WHERE name = 'counts'`;
  await world.prisma.$executeRaw`UPDATE site_counts SET events = 0`;
  await world.fold();
  await world.fold();
  expect(await world.prisma.projection.findUnique({ where: { name: 'counts' } })).toMatchObject({ version: 1 });
  expect((await countsOf(world)).reduce((sum, { events }) => sum + events, 0)).toBe(10);
});

test('a read model that nobody folds, for its rebuild to a new version was given up, says so and can be rebuilt', async () => {
  await using world = await openReportWorld();
  await world.record(views(10));
  await world.prisma.$executeRaw`UPDATE projections SET version = 0 WHERE name = 'counts'`;
  await requestRebuild(world.prisma, { projection: 'counts', version: countsProjection.version, floor: null });
  const admin = adminOf(world);
  const counts = async () => (await admin.list()).find(({ name }) => name === 'counts');
  await admin.cancel('counts');
  expect(await counts()).toMatchObject({ state: 'failed', version: 0 });
  expect((await counts())?.lastError).toContain(
    'It is of version 0, and its rebuild to version 1 has ended: cancelled.',
  );
  await admin.resume('counts');
  await world.fold();
  expect(await counts()).toMatchObject({ state: 'running', version: 1, lastError: null });
  expect((await admin.rebuilds(1))[0]).toMatchObject({ phase: 'done' });
});

test('a rebuild whose steps take too long is made in smaller ones', async () => {
  await using world = await openReportWorld();
  const { prisma } = world;
  const sizes: bigint[] = [];
  const slow: Projection = {
    ...countsProjection,
    fold: async (tx, range) => {
      if (range.table('x') !== 'x') sizes.push(range.upTo - range.after);
      if (range.upTo - range.after <= 2n) return countsProjection.fold(tx, range);
      await tx.$executeRaw`SET LOCAL statement_timeout = '20ms'`;
      await tx.$executeRaw`SELECT pg_sleep(10)`;
    },
  };
  for (let fold = 0; fold < 6; fold += 1) await world.record(views(1, fold));
  await adminOf(world).rebuild('counts');
  const service = new ProjectionService({ prisma, plan: demoPlan, log: LOG, pollMs: 10, projections: [slow] });
  service.start();
  try {
    await eventually(async () => (await adminOf(world).rebuilds(1))[0]?.phase === 'done', { timeoutMs: 30_000 });
    expect(sizes.slice(0, 3)).toEqual([6n, 5n, 2n]);
    expect((await adminOf(world).rebuilds(1))[0]).toMatchObject({ rowsDiffer: 0, error: null });
  } finally {
    await service.stop();
  }
});

test('a rebuild is made by processes of its version alone, and gives way to a later one', async () => {
  await using world = await openReportWorld();
  await world.record(views(10));
  const { prisma } = world;
  const later = { ...countsProjection, version: countsProjection.version + 1 };
  await adminOf(world).rebuild('counts');
  const service = new ProjectionService({ prisma, plan: demoPlan, log: LOG, projections: [later] });
  const versionOf = async () => (await prisma.projection.findUnique({ where: { name: 'counts' } }))?.version;
  await service.catchUp();
  expect(await versionOf()).toBe(later.version);
  expect((await adminOf(world).rebuilds(2)).map(({ phase, error }) => ({ phase, error }))).toEqual([
    { phase: 'done', error: null },
    { phase: 'cancelled', error: `superseded by version ${later.version}` },
  ]);

  await requestRebuild(prisma, { projection: 'counts', version: later.version + 1, floor: null });
  await world.fold();
  await service.catchUp();
  expect((await adminOf(world).rebuilds(1))[0]).toMatchObject({ phase: 'facts', processed: 0 });
  expect(await versionOf()).toBe(later.version);
});
