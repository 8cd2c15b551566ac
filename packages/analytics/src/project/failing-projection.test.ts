import { demoPlan } from '@tallymark/contract/demo-plan';
import { registerProjections, resumeProjection } from '@tallymark/prisma/stores/projections';
import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { pageView, store } from '../test-support/enrichment-world.ts';
import { LOG } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { ProjectionAdmin } from './admin.ts';
import type { Projection } from './projection.ts';
import { countsProjection } from './projections/counts.ts';
import { ProjectionService } from './service.ts';

const PATIENT = { timeoutMs: 30_000 };

const views = (count: number) => Array.from({ length: count }, (_, n) => pageView(n));

const counted = async ({ prisma }: ReportWorld) =>
  (await prisma.siteCount.aggregate({ _sum: { events: true } }))._sum.events ?? 0;

const serviceOf = ({ prisma }: ReportWorld, projections: readonly Projection[]) =>
  new ProjectionService({ prisma, plan: demoPlan, log: LOG, pollMs: 10, projections });

async function stateOf(service: ProjectionService, name: string) {
  const state = (await service.list()).find((projection) => projection.name === name);
  if (!state) throw new Error(`There is no projection ${name}.`);
  return state;
}

test('a projection that fails stops alone and says why; resumed, it catches up', async () => {
  await using world = await openReportWorld();
  let broken = true;
  const failing: Projection = {
    ...countsProjection,
    name: 'failing',
    fold: async () => {
      if (broken) throw new Error('the fold divides by zero');
    },
  };
  const { prisma } = world;
  const service = serviceOf(world, [failing, countsProjection]);
  await registerProjections(prisma, [failing]);
  await world.enrichment.enrichEvents(await store(prisma, views(10)));
  service.start();
  try {
    const state = () => stateOf(service, 'failing');
    await eventually(async () => (await state()).failedAt !== null && (await state()).attempts === 5, PATIENT);
    expect(await state()).toMatchObject({ lastError: 'the fold divides by zero', change: 0n });
    await eventually(async () => (await counted(world)) === 10);
    broken = false;
    await resumeProjection(prisma, 'failing');
    await eventually(async () => (await state()).change > 0n);
    expect(await state()).toMatchObject({ failedAt: null, lastError: null });
  } finally {
    await service.stop();
  }
});

test('a fold that takes too long is tried in smaller steps', async () => {
  await using world = await openReportWorld();
  const { prisma } = world;
  const sizes: bigint[] = [];
  const slow: Projection = {
    ...countsProjection,
    name: 'slow',
    fold: async (tx, range) => {
      sizes.push(range.upTo - range.after);
      if (range.upTo - range.after <= 2n) return;
      await tx.$executeRaw`SET LOCAL statement_timeout = '20ms'`;
      await tx.$executeRaw`SELECT pg_sleep(10)`;
    },
  };
  await registerProjections(prisma, [slow]);
  for (let fold = 0; fold < 8; fold += 1) await world.record(views(1));
  const service = serviceOf(world, [slow]);
  service.start();
  try {
    await eventually(async () => (await stateOf(service, 'slow')).change >= 8n, PATIENT);
    expect(sizes).toEqual([8n, 5n, 2n, 2n, 2n, 2n]);
    expect(await stateOf(service, 'slow')).toMatchObject({ failedAt: null, lastError: null, attempts: 0 });
  } finally {
    await service.stop();
  }
});

test('a read model that can no longer be written is mended by a rebuild', async () => {
  await using world = await openReportWorld();
  const { prisma } = world;
  await world.record(views(10));
  await prisma.$executeRaw`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN RAISE EXCEPTION ''the table is broken''; END'`;
  await prisma.$executeRaw`CREATE TRIGGER broken BEFORE INSERT OR UPDATE ON site_counts EXECUTE FUNCTION refuse()`;
  const service = serviceOf(world, [countsProjection]);
  service.start();
  try {
    await world.enrichment.enrichEvents(await store(prisma, views(10)));
    await eventually(async () => (await stateOf(service, 'counts')).failedAt !== null, PATIENT);
    expect((await stateOf(service, 'counts')).lastError).toContain('the table is broken');
    const admin = new ProjectionAdmin({ prisma, plan: demoPlan });
    await admin.rebuild('counts');
    await eventually(async () => (await admin.rebuilds(1))[0]?.phase === 'done', PATIENT);
    await eventually(async () => (await counted(world)) === 20, PATIENT);
    expect(await stateOf(service, 'counts')).toMatchObject({ failedAt: null, lastError: null, attempts: 0 });
  } finally {
    await service.stop();
  }
});

test('a rebuild that a reader keeps from its swap says so, and what comes in is counted all the while', async () => {
  await using world = await openReportWorld();
  const { prisma } = world;
  await world.record(views(10));
  const service = serviceOf(world, [countsProjection]);
  const admin = new ProjectionAdmin({ prisma, plan: demoPlan });
  try {
    await prisma.$transaction(
      async (reader) => {
        await reader.siteCount.count();
        await admin.rebuild('counts');
        service.start();
        await eventually(async () => (await stateOf(service, 'counts')).lastError !== null, PATIENT);
        expect(await stateOf(service, 'counts')).toMatchObject({
          lastError: expect.stringContaining('lock timeout'),
          attempts: 0,
          failedAt: null,
        });
        await world.enrichment.enrichEvents(await store(prisma, views(10)));
        await eventually(async () => (await counted(world)) === 20, PATIENT);
      },
      { timeout: 60_000 },
    );
    await eventually(async () => (await admin.rebuilds(1))[0]?.phase === 'done', PATIENT);
    expect((await admin.rebuilds(1))[0]).toMatchObject({ rowsDiffer: 0 });
  } finally {
    await service.stop();
  }
});
