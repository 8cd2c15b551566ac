import { demoPlan } from '@tallymark/contract/demo-plan';
import { expect, test } from 'vitest';
import { ProjectionAdmin } from '../project/admin.ts';
import { pageView } from '../test-support/enrichment-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { createProjectionsRouter } from './projections.ts';
import { createCallerFactory } from './trpc.ts';

async function callerFor(world: ReportWorld, role: string | null) {
  return createCallerFactory(createProjectionsRouter())({
    eventIngestion: await world.service(),
    requestContext: { session: role === null ? null : { userId: 'user-1', role } },
    operations: { projections: new ProjectionAdmin({ prisma: world.prisma, plan: demoPlan }) },
  });
}

test('an admin sees how far projections are, rebuilds one and follows it', async () => {
  await using world = await openReportWorld();
  await world.record([pageView(0)]);
  const admin = await callerFor(world, 'admin');
  const [facts, ...others] = await admin.list();
  expect(facts).toMatchObject({ name: 'facts', state: 'running', behind: 0, lastError: null });
  expect(others.map(({ name }) => name)).toContain('counts');
  expect(await admin.rebuild({ name: 'counts' })).toMatchObject({ projection: 'counts', phase: 'facts' });
  expect((await admin.list()).find(({ name }) => name === 'counts')).toMatchObject({ state: 'rebuilding' });
  await world.fold();
  expect((await admin.rebuilds())[0]).toMatchObject({ projection: 'counts', phase: 'done', rowsDiffer: 0 });
});

test('a rebuild can be given up; what is not there has a code and a sentence', async () => {
  await using world = await openReportWorld();
  await world.record([pageView(0)]);
  const admin = await callerFor(world, 'admin');
  await admin.rebuild({ name: 'daily' });
  await expect(admin.rebuild({ name: 'daily' })).rejects.toMatchObject({ code: 'CONFLICT' });
  await admin.cancelRebuild({ name: 'daily' });
  expect((await admin.rebuilds())[0]).toMatchObject({ phase: 'cancelled' });
  await expect(admin.cancelRebuild({ name: 'daily' })).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(admin.rebuild({ name: 'nothing' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('there are facts, counts'),
  });
});

test('a projection that stands still is resumed', async () => {
  await using world = await openReportWorld();
  await world.record([pageView(0)]);
  await world.prisma
    .$executeRaw`UPDATE projections SET failed_at = now(), attempts = 5, last_error = 'x' WHERE name = 'daily'`;
  const admin = await callerFor(world, 'admin');
  const daily = async () => (await admin.list()).find(({ name }) => name === 'daily');
  expect(await daily()).toMatchObject({ state: 'failed', lastError: 'x' });
  await admin.resume({ name: 'daily' });
  expect(await daily()).toMatchObject({ state: 'running', failedAt: null });
});

test('nobody else gets in', async () => {
  await using world = await openReportWorld();
  for (const [role, code] of [
    ['member', 'FORBIDDEN'],
    [null, 'UNAUTHORIZED'],
  ] as const) {
    const caller = await callerFor(world, role);
    const name = { name: 'counts' };
    const calls = [
      caller.list(),
      caller.rebuilds(),
      caller.rebuild(name),
      caller.cancelRebuild(name),
      caller.resume(name),
    ];
    for (const call of await Promise.allSettled(calls)) {
      expect(call).toMatchObject({ status: 'rejected', reason: { code } });
    }
  }
});
