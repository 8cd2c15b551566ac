import { demoPlan } from '@tallymark/contract/demo-plan';
import type { EventTypeDefinition, TrackingPlan } from '@tallymark/contract/plan';
import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { pageView } from '../test-support/enrichment-world.ts';
import { LOG } from '../test-support/ingestion-world.ts';
import { openReportWorld, pagesOf, type ReportWorld } from '../test-support/report-world.ts';
import { ProjectionService } from './service.ts';

const { page_viewed: viewed } = demoPlan.types;

const planWith = (change: Partial<EventTypeDefinition>): TrackingPlan => ({
  ...demoPlan,
  types: { ...demoPlan.types, page_viewed: { ...viewed, ...change } },
});
/** Says that a page view is about the title of its page. */
const BY_TITLE = planWith({ report: { page: 'title' } });

const TITLED = [
  pageView(0, { propsJson: { path: '/a', title: 'A' } }),
  pageView(1, { propsJson: { path: '/b', title: 'B' } }),
];

const serviceOf = ({ prisma }: ReportWorld, plan: TrackingPlan) =>
  new ProjectionService({ prisma, plan, log: LOG, pollMs: 10 });

test('a changed plan counts events anew, also those that a comparison under way is through with', async () => {
  await using world = await openReportWorld();
  const ids = await world.record(TITLED);
  expect(await pagesOf(world)).toEqual({ '/a': 1, '/b': 1 });
  await world.prisma.projectionRebuild.updateMany({
    where: { projection: 'facts' },
    data: { phase: 'facts', cursor: ids.toSorted().at(-1), finishedAt: null },
  });
  const service = serviceOf(world, BY_TITLE);
  service.start();
  try {
    await eventually(async () => (await pagesOf(world)).A === 1);
    expect(await pagesOf(world)).toEqual({ A: 1, B: 1 });
  } finally {
    await service.stop();
  }
});

test('processes of two plans do not undo what the other has counted: the second waits until the first is gone', async () => {
  await using world = await openReportWorld();
  const former = serviceOf(world, demoPlan);
  const latter = serviceOf(world, BY_TITLE);
  former.start();
  try {
    await world.record(TITLED);
    await eventually(async () => {
      const checkpoint = await world.prisma.factCheckpoint.findFirst();
      return (checkpoint?.planHeldUntil ?? new Date(0)) > new Date(Date.now() + 10_000);
    });
    latter.start();
    await world.prisma.projectionRebuild.deleteMany();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await world.prisma.projectionRebuild.count()).toBe(0);
    expect(await pagesOf(world)).toEqual({ '/a': 1, '/b': 1 });
    await former.stop();
    await eventually(async () => (await pagesOf(world)).A === 1);
    expect(await pagesOf(world)).toEqual({ A: 1, B: 1 });
  } finally {
    await former.stop();
    await latter.stop();
  }
});

test('one of two processes with a plan that goes does not hand facts to another plan', async () => {
  await using world = await openReportWorld();
  const formers = [serviceOf(world, demoPlan), serviceOf(world, demoPlan)];
  const latter = serviceOf(world, BY_TITLE);
  const [first, second] = formers;
  await world.record(TITLED);
  for (const service of [...formers, latter]) service.start();
  try {
    await first?.stop();
    const { planDigest } = await world.prisma.factCheckpoint.findFirstOrThrow();
    // Longer than facts are held for the second to say that it is there.
    await eventually(async () => {
      const { planHeldUntil } = await world.prisma.factCheckpoint.findFirstOrThrow();
      return planHeldUntil > new Date(Date.now() + 10_000);
    });
    expect(await world.prisma.factCheckpoint.findFirst()).toMatchObject({ planDigest });
    await second?.stop();
    await eventually(async () => (await pagesOf(world)).A === 1);
  } finally {
    for (const service of [...formers, latter]) await service.stop();
  }
});

test.each([
  [
    'throws',
    () => {
      throw new Error('no such page');
    },
  ],
  ['makes a text with a NUL', () => ({ path: '/\0' })],
  ['makes half a character', () => ({ path: '/', '\ud800': 1 })],
  ['makes what is no JSON', () => ({ path: 1n })],
])('an upcaster that %s leaves its event as it is stored, and holds up no other', async (_how, upcaster) => {
  await using world = await openReportWorld({ plan: planWith({ upcast: { 1: upcaster } }) });
  await world.record([
    pageView(0, { schemaVersion: 1, propsJson: { path: '/old' } }),
    pageView(1, { propsJson: { path: '/new' } }),
  ]);
  expect(await pagesOf(world)).toEqual({ '/old': 1, '/new': 1 });
});
