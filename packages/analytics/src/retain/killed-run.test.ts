import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { detachPartition, markLeaving } from '@tallymark/prisma/stores/partitions';
import {
  openRetentionSession,
  RETENTION_APPLICATION_NAME,
  setLockTimeout,
} from '@tallymark/prisma/stores/retention-session';
import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { LOG, whileHeld } from '../test-support/ingestion-world.ts';
import { openRetentionWorld, type RetentionWorld } from '../test-support/retention-world.ts';
import { restoreMonth } from './restore-month.ts';

const TIMES = ['2025-08-01T00:00:00Z', '2025-08-10T00:00:00Z', '2025-08-31T00:00:00Z'];
const EVENTS = { table: 'events', name: 'events_2025_08' } as const;
const ATTRIBUTION = { table: 'attribution', name: 'attribution_2025_08' } as const;

/** How far a run had come when it was killed. */
type State = 'archiving' | 'marked' | 'pending' | 'one detached' | 'both detached';

async function leaveBehind(world: RetentionWorld, state: State): Promise<void> {
  const { prisma, databaseUrl, archiveDir } = world;
  await mkdir(join(archiveDir, '2025_08'));
  await writeFile(join(archiveDir, '2025_08', 'events-1.copy.gz.partial'), 'torn');
  await writeFile(join(archiveDir, '2025_08', 'events-1.copy.gz'), 'torn too');
  if (state === 'archiving') return;
  await using session = await openRetentionSession(databaseUrl);
  const runId = randomUUID();
  await markLeaving(prisma, EVENTS.name, runId);
  if (state === 'marked') return;
  if (state === 'pending') {
    await setLockTimeout(session, 50);
    await whileHeld(world, 'LOCK TABLE events IN ACCESS SHARE MODE', () =>
      expect(detachPartition(session, EVENTS)).rejects.toThrow('lock timeout'),
    );
    return;
  }
  await detachPartition(session, EVENTS);
  if (state === 'one detached') return;
  await markLeaving(prisma, ATTRIBUTION.name, runId);
  await detachPartition(session, ATTRIBUTION);
}

test.each<State>(['archiving', 'marked', 'pending', 'one detached', 'both detached'])(
  'the next run ends what one began that was killed: %s',
  async (state) => {
    await using world = await openRetentionWorld();
    const ids = await world.store(TIMES);
    await leaveBehind(world, state);
    const service = world.retention({ archiveDir: world.archiveDir });
    expect(await service.cleanupNow()).toMatchObject({ removed: ids.length, complete: true });
    expect(await world.partitions()).not.toContain(EVENTS.name);
    expect(await world.partitions()).not.toContain(ATTRIBUTION.name);
    const { prisma, databaseUrl, archiveDir } = world;
    const from = {
      prisma,
      databaseUrl,
      archiveDir,
      log: LOG,
      now: () => world.clock.now,
      month: '2025_08',
      holdDays: 1,
    };
    await restoreMonth(from);
    expect(await world.ids()).toEqual(ids);
    expect(await prisma.attribution.count()).toBe(ids.length);
  },
);

test('a month whose detach is pending behind an open transaction is reported, and rows of other months go', async () => {
  await using world = await openRetentionWorld();
  await world.store(TIMES);
  await world.store(['2025-07-01T00:00:00Z', '2025-10-02T00:00:00Z']);
  await leaveBehind(world, 'pending');
  const service = world.retention({ patienceMs: 200 });
  const report = await whileHeld(world, 'LOCK TABLE events_2025_08 IN ACCESS SHARE MODE', () => service.cleanupNow());
  expect(report).toMatchObject({
    removed: 1,
    complete: false,
    months: [
      { month: '2025_08', outcome: 'postponed', reason: expect.stringContaining('half detached') },
      // Postgres detaches one partition of a table at a time.
      { month: '2025_07', outcome: 'postponed', reason: expect.stringContaining('already pending detach') },
      { month: '2025_10', outcome: 'deleted' },
    ],
  });
  expect(await service.cleanupNow()).toMatchObject({ removed: TIMES.length + 1, complete: true });
});

test('a run that has lost its lock and the one that took it over remove everything once', async () => {
  await using world = await openRetentionWorld();
  const ids = await world.store(TIMES);
  const service = world.retention({ patienceMs: 20_000 });
  const { runs } = await whileHeld(world, 'LOCK TABLE events IN ACCESS SHARE MODE', async () => {
    const first = service.cleanupNow();
    await eventually(async () => (await service.runs()).length === 1);
    await world.prisma.$queryRaw`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = ${RETENTION_APPLICATION_NAME}`;
    const second = eventually(() => service.cleanupNow().catch(() => null));
    await eventually(async () => (await service.runs()).length === 2);
    return { runs: Promise.allSettled([first, second]) };
  });
  await runs;
  await service.cleanupNow();
  expect(await world.ids()).toEqual([]);
  expect((await service.runs()).reduce((sum, { removed }) => sum + removed, 0)).toBe(ids.length);
  expect(await world.prisma.attribution.count()).toBe(0);
});

test('a run that is told to stop ends after the batch under way', async () => {
  await using world = await openRetentionWorld();
  await world.store(['2025-10-01T00:00:00Z', '2025-10-02T00:00:00Z']);
  expect(await world.retention().cleanupNow({ signal: AbortSignal.abort() })).toMatchObject({
    removed: 0,
    complete: false,
  });
  expect((await world.retention().runs())[0]?.error).toBe('The run was stopped before its end.');
  expect(await world.ids()).toHaveLength(2);
});
