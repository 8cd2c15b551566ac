import { retentionFloor } from '@tallymark/prisma/stores/retention-runs';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { manyViewed, whileHeld } from '../test-support/ingestion-world.ts';
import { eventAt, openRetentionWorld, takeAsCounted } from '../test-support/retention-world.ts';

// The clock says 15 November 2026, so the default cutoff is 15 October 2025.

test('a month that is over goes as a whole, one that is not row by row, and the run is on record', async () => {
  await using world = await openRetentionWorld();
  await world.store(['2025-08-01T00:00:00Z', '2025-08-31T23:59:59.999Z', '2025-10-15T11:59:59.999Z']);
  const kept = await world.store(['2025-10-15T12:00:00Z', '2026-11-01T00:00:00Z']);
  await world.prisma.duplicateMark.createMany({
    data: (await world.ids()).map((eventId) => ({ eventId, duplicateOf: eventId, runId: eventId })),
  });
  expect(await retentionFloor(world.prisma)).toBeNull();
  const service = world.retention({ batchRows: 1 });

  const plan = await service.plan();
  expect(plan).toMatchObject({ rows: 3, defaultCutoff: new Date('2025-10-15T12:00:00Z') });
  expect(plan.months).toMatchObject([
    { month: '2025_08', action: 'drop', rows: 2, archive: false, stays: { exempt: 0, kept: 0 } },
    { month: '2025_10', action: 'delete', rows: 1, archive: false, stays: { exempt: 0, kept: 1 } },
  ]);
  expect(plan.bytes).toBeGreaterThan(0);
  expect(await service.cleanupNow({ dryRun: true })).toMatchObject({ runId: null, removed: 0, plan: { rows: 3 } });
  expect(await world.ids()).toHaveLength(5);
  expect(await service.runs()).toEqual([]);

  const report = await service.cleanupNow();
  expect(report).toMatchObject({
    removed: 3,
    complete: true,
    months: [
      { month: '2025_08', outcome: 'dropped', removed: 2, archive: null },
      { month: '2025_10', outcome: 'deleted', removed: 1 },
    ],
  });
  expect(await world.ids()).toEqual(kept);
  const attributed = await world.prisma.attribution.findMany({ orderBy: { eventId: 'asc' } });
  expect(attributed.map(({ eventId }) => eventId)).toEqual(kept);
  for (const table of [world.prisma.duplicateMark, world.prisma.enrichmentBacklog]) {
    const rows = await (table as typeof world.prisma.enrichmentBacklog).findMany({ orderBy: { eventId: 'asc' } });
    expect(rows.map(({ eventId }) => eventId)).toEqual(kept);
  }
  expect(await world.partitions()).not.toContain('events_2025_08');
  expect(await world.partitions()).not.toContain('attribution_2025_08');
  expect(await service.runs()).toMatchObject([
    {
      id: report.runId,
      removed: 3,
      partitions: ['events_2025_08', 'attribution_2025_08', 'event_facts_2025_08'],
      error: null,
    },
  ]);
  expect(await retentionFloor(world.prisma)).toEqual(new Date('2025-10-15T12:00:00Z'));
  expect(await service.cleanupNow()).toMatchObject({ removed: 0, months: [], complete: true });
});

test('what is exempt, kept by a longer rule or newer by a rule of its own stays, and the plan says why', async () => {
  await using world = await openRetentionWorld();
  const old = ['2025-08-10T00:00:00Z'];
  const exempt = await world.store(old, { retentionExempt: true });
  const signed = await world.store(old, { eventType: 'license_signed' });
  await world.store(['2025-08-10T00:00:00Z', '2026-11-01T00:00:00Z'], { eventType: 'scroll' });
  const fresh = await world.store(['2026-11-14T00:00:00Z'], { eventType: 'scroll' });
  const service = world.retention();
  await service.rules.set({ siteId: '*', eventType: 'license_signed', keepDays: null });
  await service.rules.set({ siteId: '*', eventType: 'scroll', keepDays: 7 });
  expect((await service.plan()).months).toMatchObject([
    { month: '2025_08', action: 'delete', rows: 1, stays: { exempt: 1, kept: 1 } },
    { month: '2026_11', action: 'delete', rows: 1, stays: { exempt: 0, kept: 1 } },
  ]);
  expect(await service.cleanupNow()).toMatchObject({ removed: 2, complete: true });
  expect(await world.ids()).toEqual([...exempt, ...signed, ...fresh].sort());
  // The short rule counts: an event of its type that is older may be gone.
  expect(await retentionFloor(world.prisma)).toEqual(new Date('2026-11-08T12:00:00Z'));
  expect((await service.plan()).months).toMatchObject([{ month: '2025_08', action: 'keep', rows: 0 }]);
  await service.rules.remove({ siteId: '*', eventType: 'license_signed' });
  await world.prisma.event.updateMany({ data: { retentionExempt: false } });
  expect(await service.cleanupNow()).toMatchObject({ months: [{ month: '2025_08', outcome: 'dropped' }] });
  expect(await world.ids()).toEqual(fresh);
});

test('one run at a time', async () => {
  await using world = await openRetentionWorld();
  const ids = await world.store(['2025-08-10T00:00:00Z']);
  const running = whileHeld(world, 'LOCK TABLE events IN ACCESS SHARE MODE', async () => {
    const first = world.retention({ patienceMs: 20_000 }).cleanupNow();
    await eventually(async () => (await world.retention().runs()).length === 1);
    await expect(world.retention().cleanupNow()).rejects.toMatchObject({ code: 'already_running' });
    return { first };
  });
  expect(await (await running).first).toMatchObject({ removed: ids.length, complete: true });
  expect(await world.retention().cleanupNow()).toMatchObject({ removed: 0 });
});

test('rows and months that a host transaction holds are left to the next run, which is said', async () => {
  await using world = await openRetentionWorld();
  const [held = ''] = await world.store(['2025-10-02T00:00:00Z']);
  await world.store(['2025-08-10T00:00:00Z', '2025-10-01T00:00:00Z', '2025-10-03T00:00:00Z']);
  const service = world.retention({ patienceMs: 300 });
  const report = await whileHeld(world, `SELECT id FROM events WHERE id = '${held}' FOR UPDATE`, () =>
    service.cleanupNow(),
  );
  expect(report).toMatchObject({ removed: 2, complete: false });
  expect(report.months).toMatchObject([
    { month: '2025_08', outcome: 'postponed', removed: 0 },
    { month: '2025_10', outcome: 'postponed', removed: 2 },
  ]);
  expect(report.months[0]?.reason).toMatch(/open transactions use the events: tallymark-test \(process \d+, since /);
  expect(report.months[1]?.reason).toMatch(/^1 events were held/);
  expect((await service.runs())[0]).toMatchObject({ removed: 2, error: expect.stringContaining('2025_08: open') });
  // It did not begin to detach: late events of the month still find their place.
  await world.store(['2025-08-11T00:00:00Z']);
  expect(await service.cleanupNow()).toMatchObject({ removed: 3, complete: true });
  expect(await world.ids()).toEqual([]);
});

test('an event that comes while the month is being taken away puts it back', async () => {
  await using world = await openRetentionWorld();
  await world.store(['2025-08-10T00:00:00Z']);
  const late = eventAt('2025-08-20T00:00:00Z', { retentionExempt: true });
  const service = world.retention({ patienceMs: 20_000 });
  const { running } = await world.prisma.$transaction(
    async (tx) => {
      await tx.event.createManyAndReturn({ data: late });
      await takeAsCounted(tx);
      const started = service.cleanupNow();
      // Planned by now, without the event, which is not committed; waits for this transaction.
      await eventually(async () => (await service.runs()).length === 1);
      return { running: started };
    },
    { timeout: 20_000 },
  );
  expect(await running).toMatchObject({
    removed: 0,
    months: [{ outcome: 'postponed', reason: '1 events came meanwhile that have to stay' }],
  });
  expect(await world.ids()).toHaveLength(2);
  expect(await service.cleanupNow()).toMatchObject({ removed: 1, months: [{ outcome: 'deleted' }] });
  expect(await world.ids()).toEqual([late.id]);
});

test('a rule that is set while a run is under way protects what it speaks of', async () => {
  await using world = await openRetentionWorld();
  const ids = await world.store(['2025-08-10T00:00:00Z', '2025-10-01T00:00:00Z']);
  const service = world.retention({ patienceMs: 20_000 });
  const { running } = await whileHeld(world, 'LOCK TABLE events IN ACCESS SHARE MODE', async () => {
    const started = service.cleanupNow();
    await eventually(async () => (await service.runs()).length === 1);
    await service.rules.set({ siteId: '*', eventType: 'page_viewed', keepDays: null });
    return { running: started };
  });
  expect(await running).toMatchObject({ removed: 0, plan: { rows: 2 } });
  expect(await world.ids()).toEqual(ids);
});

test('a rule that becomes shorter while a run is under way is for the next one', async () => {
  await using world = await openRetentionWorld();
  const [, later = ''] = await world.store(['2025-10-10T00:00:00Z', '2025-10-20T00:00:00Z']);
  const service = world.retention({ patienceMs: 20_000 });
  const { running } = await whileHeld(world, 'LOCK TABLE events IN EXCLUSIVE MODE', async () => {
    const started = service.cleanupNow();
    await eventually(async () => (await service.runs()).length === 1);
    await service.rules.set({ siteId: '*', eventType: '*', keepDays: 375 });
    return { running: started };
  });
  expect(await running).toMatchObject({ removed: 1, plan: { rows: 1 } });
  expect(await world.ids()).toEqual([later]);
  expect(await service.cleanupNow()).toMatchObject({ removed: 1 });
});

test('a month stays that is over only by a rule that became shorter while the run was under way', async () => {
  await using world = await openRetentionWorld();
  await world.store(['2025-08-10T00:00:00Z']);
  const late = eventAt('2025-08-20T00:00:00Z', { eventType: 'license_signed' });
  const service = world.retention({ patienceMs: 20_000 });
  await service.rules.set({ siteId: '*', eventType: 'license_signed', keepDays: null });
  const { running } = await world.prisma.$transaction(
    async (tx) => {
      await tx.event.createManyAndReturn({ data: late });
      await takeAsCounted(tx);
      const started = service.cleanupNow();
      await eventually(async () => (await service.runs()).length === 1);
      await service.rules.remove({ siteId: '*', eventType: 'license_signed' });
      return { running: started };
    },
    { timeout: 20_000 },
  );
  expect(await running).toMatchObject({ removed: 0, months: [{ outcome: 'postponed' }] });
  expect(await world.ids()).toHaveLength(2);
  expect(await service.cleanupNow()).toMatchObject({ removed: 2, months: [{ outcome: 'dropped' }] });
});

test('attribution that somebody holds keeps its event, and the run goes on', async () => {
  await using world = await openRetentionWorld();
  const [held = ''] = await world.store(['2025-10-02T00:00:00Z']);
  await world.store(['2026-10-02T00:00:00Z'], { eventType: 'scroll' });
  const service = world.retention({ patienceMs: 100 });
  await service.rules.set({ siteId: '*', eventType: 'scroll', keepDays: 7 });
  const lock = `SELECT event_id FROM attribution WHERE event_id = '${held}' FOR UPDATE`;
  expect(await whileHeld(world, lock, () => service.cleanupNow())).toMatchObject({
    removed: 1,
    months: [
      { month: '2025_10', outcome: 'postponed', reason: expect.stringMatching(/^1 events were held/) },
      { month: '2026_10', outcome: 'deleted' },
    ],
  });
  expect(await world.ids()).toEqual([held]);
  expect(await world.prisma.attribution.count()).toBe(1);
});

test('flushes go on while months are detached and rows deleted, into the same months too', async () => {
  await using world = await openRetentionWorld();
  const days = Array.from({ length: 30 }, (_, day) => new Date(Date.UTC(2025, 6, 1 + 3 * day)).toISOString());
  for (let n = 0; n < 20; n += 1) await world.store(days);
  const service = await world.service();
  const cleanup = world.retention({ batchRows: 10, patienceMs: 10_000 }).cleanupNow();
  let done = false;
  const finished = cleanup.finally(() => {
    done = true;
  });
  let flushes = 0;
  while (!done || flushes < 3) {
    const history = manyViewed(5).map((event) => ({ ...event, occurredAt: '2025-08-20T00:00:00.000Z' }));
    await service.ingestBatch([...manyViewed(5)], {});
    await service.ingestBatch(history, { retentionExempt: true });
    expect(await service.forceFlush()).toEqual({ complete: true, remaining: 0 });
    flushes += 1;
  }
  await finished;
  await world.retention().cleanupNow();
  const { ledger } = await service.getStats();
  expect(ledger).toMatchObject({ stored: flushes * 10, deadLettered: 0, buffered: 0, balanced: true });
  expect(await world.ids()).toHaveLength(flushes * 10);
});

test('bookkeeping goes when it is past its use, but not the run that tells how far events were removed', async () => {
  await using world = await openRetentionWorld();
  const { prisma } = world;
  const at = (time: string) => new Date(time);
  const rate = { siteId: uuidV7(0), eventType: 'page_viewed', accepted: 1 };
  await prisma.deduplicationRate.createMany({
    data: ['2026-08-17T11:00:00Z', '2026-08-17T13:00:00Z'].map((hour) => ({ ...rate, hour: at(hour) })),
  });
  const run = { windowFrom: at('2025-01-01'), windowTo: at('2025-01-02') };
  await prisma.deduplicationRun.createMany({
    data: ['2025-11-14', '2025-11-16'].map((time) => ({ ...run, id: uuidV7(0), startedAt: at(time) })),
  });
  const runs = [
    { removedTo: at('2024-01-01'), removed: 5n },
    { removedTo: at('2024-02-01'), removed: 5n },
    { removedTo: at('2024-03-01'), removed: 0n },
  ].map((more) => ({ ...more, id: uuidV7(0), startedAt: at('2025-01-01'), finishedAt: at('2025-01-01') }));
  await prisma.retentionRun.createMany({ data: runs });
  const letter = { reason: 'refused', message: '', payload: Buffer.from('{}'), createdAt: at('2025-01-01') };
  const resolved = ['2026-08-17T11:00:00Z', '2026-08-17T13:00:00Z', null].map((time) => ({
    ...letter,
    eventId: uuidV7(0),
    ...(time && { resolution: 'stored', resolvedAt: at(time) }),
  }));
  await prisma.deadLetter.createMany({ data: resolved });
  await world.retention().cleanupNow();
  expect((await prisma.deadLetter.findMany()).map(({ eventId }) => eventId).sort()).toEqual(
    resolved
      .slice(1)
      .map(({ eventId }) => eventId)
      .sort(),
  );
  expect((await prisma.deduplicationRate.findMany()).map(({ hour }) => hour)).toEqual([at('2026-08-17T13:00:00Z')]);
  expect((await prisma.deduplicationRun.findMany()).map(({ startedAt }) => startedAt)).toEqual([at('2025-11-16')]);
  expect((await prisma.retentionRun.findMany({ orderBy: { startedAt: 'asc' } })).map(({ id }) => id)).toEqual([
    runs[1]?.id,
    expect.any(String),
  ]);
  expect(await retentionFloor(prisma)).toEqual(at('2024-02-01'));
});
