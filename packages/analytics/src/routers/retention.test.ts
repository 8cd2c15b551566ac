import { expect, test } from 'vitest';
import { openRetentionWorld, type RetentionWorld } from '../test-support/retention-world.ts';
import { createRetentionRouter } from './retention.ts';
import { createCallerFactory } from './trpc.ts';

async function callerFor(world: RetentionWorld, role: string) {
  return createCallerFactory(createRetentionRouter())({
    eventIngestion: await world.service(),
    requestContext: { session: { userId: 'user-1', role } },
    operations: { retention: world.retention({ archiveDir: world.archiveDir }) },
  });
}

test('an admin looks, sets rules, and has events removed', async () => {
  await using world = await openRetentionWorld();
  await world.store(['2025-08-10T00:00:00Z']);
  const admin = await callerFor(world, 'admin');
  await admin.setRule({ eventType: 'page_viewed', keepDays: null });
  expect(await admin.rules()).toMatchObject([{ siteId: '*', eventType: 'page_viewed', keepDays: null }]);
  expect(await admin.plan()).toMatchObject({ rows: 0, months: [{ action: 'keep', stays: { kept: 1 } }] });
  await admin.removeRule({ eventType: 'page_viewed' });
  expect(await admin.cleanupNow({ dryRun: true })).toMatchObject({ runId: null, plan: { rows: 1 } });
  expect(await admin.cleanupNow()).toMatchObject({ removed: 1, complete: true });
  expect(await admin.archives()).toMatchObject([{ month: '2025_08', events: 1 }]);
  expect(await admin.runs({ limit: 1 })).toMatchObject([{ removed: 1, error: null }]);
});

test('what an admin got wrong has a code and a sentence', async () => {
  await using world = await openRetentionWorld();
  const admin = await callerFor(world, 'admin');
  await expect(admin.removeRule({ eventType: 'x' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: 'There is no retention rule for site * and type x.',
  });
  await expect(admin.setRule({ siteId: 'shop', keepDays: 1 })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await expect(admin.setRule({ keepDays: 0 })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});

test('nobody else gets in', async () => {
  await using world = await openRetentionWorld();
  const user = await callerFor(world, 'user');
  const calls = [
    user.plan(),
    user.cleanupNow(),
    user.rules(),
    user.setRule({ keepDays: 1 }),
    user.removeRule({}),
    user.archives(),
    user.runs(),
  ];
  for (const call of await Promise.allSettled(calls)) {
    expect(call).toMatchObject({ status: 'rejected', reason: { code: 'FORBIDDEN' } });
  }
});
