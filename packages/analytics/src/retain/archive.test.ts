import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { LOG } from '../test-support/ingestion-world.ts';
import { eventAt, openRetentionWorld, type RetentionWorld, takeAsCounted } from '../test-support/retention-world.ts';
import { restoreMonth } from './restore-month.ts';

const MONTH = '2025_08';
const DAY = '2025-08-10T00:00:00Z';

const restore = (world: RetentionWorld, more: Partial<Parameters<typeof restoreMonth>[0]> = {}) =>
  restoreMonth({
    prisma: world.prisma,
    databaseUrl: world.databaseUrl,
    log: LOG,
    now: () => world.clock.now,
    month: MONTH,
    archiveDir: world.archiveDir,
    holdDays: 30,
    ...more,
  });

/** Rows as Postgres writes them, every column. */
const contents = ({ prisma }: RetentionWorld) => prisma.$queryRaw<{ row: string }[]>`
  SELECT events::text AS row FROM events UNION ALL SELECT attribution::text FROM attribution ORDER BY 1`;

const ODD = [
  '',
  '\\',
  '\\N',
  '\\.',
  'a\tb\nc\rd',
  '"q" \'q\' {} [] ,',
  'ü€😀\u2028',
  'null',
  '\x7f\x01',
  ' '.repeat(9),
];

async function storeOddRows(world: RetentionWorld): Promise<void> {
  for (const text of ODD) {
    const time = new Date(Date.parse(DAY) + ODD.indexOf(text) * 1_001).toISOString();
    const json = { [text]: [text, 1.5e-7, null, { deep: text }], big: 12345678901234 };
    const [id = ''] = await world.store([time], {
      eventType: `type ${text}`,
      tenantId: DEFAULT_TENANT_ID,
      siteId: DEFAULT_SITE_ID,
      receivedAt: '2025-08-10T00:00:01.007Z',
      createdAt: '2025-08-10T00:00:02.003Z',
      schemaVersion: 3,
      source: text,
      service: text,
      entityType: text,
      entityId: text,
      actorId: text,
      visitorId: text,
      sessionId: text,
      propsJson: json,
      sentJson: json,
      touchJson: json,
      userAgent: text,
      clientHintsJson: json,
      ipHash: text,
      idempotencyKey: text,
      payloadHash: text,
      correlationId: text,
      clientVersion: text,
      count: 7,
      samplingRate: 33.3,
    });
    await world.prisma.attribution.update({
      where: { eventId: id },
      data: {
        deviceType: text,
        isBot: true,
        utmSource: text,
        clickIdsJson: json,
        sessionJson: json,
        landingPage: text,
      },
    });
  }
  await world.store([DAY]); // all that can be null is
}

test('archived, dropped and restored, a month is what it was, row for row', async () => {
  await using world = await openRetentionWorld();
  await storeOddRows(world);
  const before = await contents(world);
  const service = world.retention({ archiveDir: world.archiveDir });
  expect((await service.plan()).months).toMatchObject([{ month: MONTH, action: 'drop', archive: true }]);
  const report = await service.cleanupNow();
  expect(report).toMatchObject({ removed: ODD.length + 1, complete: true, months: [{ outcome: 'dropped' }] });
  expect(report.months[0]?.archive?.archiveBytes).toBeLessThan(report.months[0]?.archive?.tableBytes ?? 0);
  expect(await contents(world)).toEqual([]);
  expect((await readdir(join(world.archiveDir, MONTH))).sort()).toEqual([
    'attribution-1.copy.gz',
    'events-1.copy.gz',
    'manifest.json',
  ]);
  expect(await service.archives()).toMatchObject([
    { month: MONTH, path: join(world.archiveDir, MONTH), events: ODD.length + 1, restoredAt: null, heldUntil: null },
  ]);

  await world.prisma.$executeRaw`TRUNCATE event_log, enrichment_backlog`;
  expect(await restore(world)).toMatchObject({ events: ODD.length + 1, alreadyThere: 0 });
  expect(await contents(world)).toEqual(before);
  expect(await world.prisma.eventLog.count()).toBe(0);
  expect(await world.prisma.enrichmentBacklog.count()).toBe(0);
  expect(await restore(world, { archiveDir: null })).toMatchObject({ events: 0, alreadyThere: ODD.length + 1 });
  expect(await contents(world)).toEqual(before);
});

test('retention leaves a restored month alone while it is held, then takes it away without a second copy', async () => {
  await using world = await openRetentionWorld();
  await world.store([DAY]);
  const service = world.retention({ archiveDir: world.archiveDir });
  await service.cleanupNow();
  await restore(world, { holdDays: 2 });
  expect((await service.plan()).months).toMatchObject([
    { action: 'keep', rows: 0, heldUntil: new Date('2026-11-17T12:00:00Z') },
  ]);
  expect(await service.cleanupNow()).toMatchObject({ removed: 0, months: [] });
  expect(await world.ids()).toHaveLength(1);
  world.clock.now = new Date('2026-11-17T12:00:00Z');
  expect(await service.cleanupNow()).toMatchObject({ removed: 1, months: [{ archive: { reused: true } }] });
  expect(await readdir(join(world.archiveDir, MONTH))).toHaveLength(3);
  expect(await service.archives()).toMatchObject([{ restoredAt: null, heldUntil: null }]);
});

test('a month that comes again in part adds to its archive and never replaces it', async () => {
  await using world = await openRetentionWorld();
  const first = await world.store([DAY, '2025-08-11T00:00:00Z']);
  const service = world.retention({ archiveDir: world.archiveDir });
  await service.cleanupNow();
  const second = await world.store(['2025-08-12T00:00:00Z']);
  expect(await service.cleanupNow()).toMatchObject({ removed: 1, months: [{ archive: { reused: false } }] });
  expect(await service.archives()).toMatchObject([{ events: 3 }]);
  expect(await restore(world)).toMatchObject({ events: 3 });
  expect(await world.ids()).toEqual([...first, ...second].sort());
});

test('a row that is in two parts of an archive counts once', async () => {
  await using world = await openRetentionWorld();
  await world.store([DAY]);
  const service = world.retention({ archiveDir: world.archiveDir });
  await service.cleanupNow();
  await restore(world, { holdDays: 1 });
  await world.store(['2025-08-11T00:00:00Z']);
  world.clock.now = new Date('2026-11-20T00:00:00Z');
  expect(await service.cleanupNow()).toMatchObject({ removed: 2, complete: true });
  expect(await restore(world)).toMatchObject({ events: 2, alreadyThere: 0 });
  expect(await restore(world)).toMatchObject({ events: 0, alreadyThere: 2 });
});

test('marks are on record again, and what was not enriched waits for it', async () => {
  await using world = await openRetentionWorld();
  const { prisma } = world;
  const [kept = '', repeat = '', waiting = '', odd = ''] = await world.store([DAY, DAY, DAY, DAY]);
  const mark = (duplicateOf: unknown) => ({ propsJson: { _duplicate: true, _duplicateOf: duplicateOf } as object });
  await prisma.event.updateMany({ where: { id: repeat }, data: mark(kept) });
  await prisma.event.updateMany({ where: { id: odd }, data: mark('nothing of ours') });
  await prisma.attribution.deleteMany({ where: { eventId: waiting } });
  await world.retention({ archiveDir: world.archiveDir }).cleanupNow();
  expect(await prisma.enrichmentBacklog.count()).toBe(0);
  for (let n = 0; n < 2; n += 1) {
    await restore(world);
    expect(await prisma.duplicateMark.findMany()).toMatchObject([
      { eventId: repeat, duplicateOf: kept, runId: '00000000-0000-0000-0000-000000000000', revertedAt: null },
    ]);
    expect(await prisma.enrichmentBacklog.findMany()).toMatchObject([{ eventId: waiting }]);
  }
});

test('a month that has an archive elsewhere stays until somebody says where they belong', async () => {
  await using world = await openRetentionWorld();
  await world.store([DAY]);
  await world.retention({ archiveDir: world.archiveDir }).cleanupNow();
  const late = await world.store(['2025-08-12T00:00:00Z']);
  const elsewhere = join(world.archiveDir, 'elsewhere');
  const report = await world.retention({ archiveDir: elsewhere }).cleanupNow();
  expect(report).toMatchObject({ removed: 0, complete: false, months: [{ month: MONTH, outcome: 'postponed' }] });
  expect(report.months[0]?.reason).toContain(join(world.archiveDir, MONTH));
  expect(report.months[0]?.reason).toContain(elsewhere);
  expect(await world.ids()).toEqual(late);
});

test('an archive that is damaged by the time it is needed again is written anew', async () => {
  await using world = await openRetentionWorld();
  const ids = await world.store([DAY]);
  const service = world.retention({ archiveDir: world.archiveDir });
  await service.cleanupNow();
  await restore(world, { holdDays: 1 });
  world.clock.now = new Date('2026-11-20T00:00:00Z');
  const folder = join(world.archiveDir, MONTH);
  await writeFile(join(folder, 'events-1.copy.gz'), 'rotten');
  expect(await service.cleanupNow()).toMatchObject({ removed: 1, months: [{ archive: { reused: false } }] });
  expect(await readdir(folder)).toContain('events-2.copy.gz');
  await restore(world);
  expect(await world.ids()).toEqual(ids);
});

test('nothing is detached when the disk is full, and the next run goes through', async () => {
  await using world = await openRetentionWorld();
  await world.store([DAY]);
  const folder = join(world.archiveDir, MONTH);
  const partial = join(folder, 'events-1.copy.gz.partial');
  const service = world.retention({ archiveDir: world.archiveDir });
  await mkdir(folder);
  await symlink('/dev/full', partial);
  expect(await service.cleanupNow()).toMatchObject({
    removed: 0,
    complete: false,
    months: [{ outcome: 'postponed', reason: expect.stringContaining('ENOSPC') }],
  });
  expect((await service.runs())[0]?.error).toContain('ENOSPC');
  expect(await world.ids()).toHaveLength(1);
  expect(await service.archives()).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
  await writeFile(folder, 'in the way');
  expect(await service.cleanupNow()).toMatchObject({ complete: false, months: [{ outcome: 'postponed' }] });
  await rm(folder);
  expect(await service.cleanupNow()).toMatchObject({ removed: 1, complete: true });
});

test('a row that comes or changes after the month was archived is not lost', async () => {
  await using world = await openRetentionWorld();
  const [id = ''] = await world.store([DAY]);
  const service = world.retention({ archiveDir: world.archiveDir, patienceMs: 20_000 });
  const whileArchived = async (change: (tx: Pick<typeof world.prisma, 'event'>) => Promise<unknown>) => {
    const runs = (await service.runs()).length;
    const { running } = await world.prisma.$transaction(
      async (tx) => {
        await change(tx);
        await takeAsCounted(tx);
        const started = service.cleanupNow();
        await eventually(async () => (await service.runs()).length > runs);
        // Archived as it was before this transaction, for which the run waits before it detaches.
        await eventually(async () => (await service.archives()).length === 1);
        return { running: started };
      },
      { timeout: 20_000 },
    );
    return running;
  };
  const late = eventAt('2025-08-20T00:00:00Z');
  const changed = {
    removed: 0,
    months: [{ outcome: 'postponed', reason: expect.stringContaining('after the month was') }],
  };
  expect(await whileArchived((tx) => tx.event.createManyAndReturn({ data: late }))).toMatchObject(changed);
  expect(await world.ids()).toEqual([id, late.id].sort());
  await world.prisma.$executeRaw`DELETE FROM event_archives`;
  const marked = { where: { id }, data: { propsJson: { _duplicate: true } } };
  expect(await whileArchived((tx) => tx.event.updateMany(marked))).toMatchObject(changed);
  expect(await service.cleanupNow()).toMatchObject({ removed: 2, complete: true });
  await restore(world);
  expect(await world.ids()).toEqual([id, late.id].sort());
  expect(await world.prisma.event.findUnique({ where: { id } })).toMatchObject({ propsJson: { _duplicate: true } });
});

test('a column that was added since gets its default, one that is gone is left out', async () => {
  await using world = await openRetentionWorld();
  const [id = ''] = await world.store([DAY], { service: 'shop', clientVersion: 'web/1' });
  await world.retention({ archiveDir: world.archiveDir }).cleanupNow();
  await world.prisma.$executeRaw`ALTER TABLE events ADD COLUMN added text NOT NULL DEFAULT 'new'`;
  await world.prisma.$executeRaw`ALTER TABLE events DROP COLUMN client_version`;
  await restore(world);
  const rows = await world.prisma.$queryRaw`SELECT id::text, service, added FROM events`;
  expect(rows).toEqual([{ id, service: 'shop', added: 'new' }]);
});

test('a restore that was broken off half-way is completed by the next', async () => {
  await using world = await openRetentionWorld();
  await storeOddRows(world);
  const before = await contents(world);
  await world.retention({ archiveDir: world.archiveDir }).cleanupNow();
  await restore(world);
  // As after a kill between two blocks: some rows are there, and it does not count as restored.
  await world.prisma.$executeRaw`DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT 4)`;
  await world.prisma.$executeRaw`DELETE FROM attribution`;
  expect(await restore(world)).toMatchObject({ events: 4, attribution: ODD.length + 1 });
  expect(await contents(world)).toEqual(before);
});

test('says what is wrong with an archive, and restores nothing of it', async () => {
  await using world = await openRetentionWorld();
  await world.store([DAY]);
  await expect(restore(world, { month: '2025-08' })).rejects.toMatchObject({ code: 'invalid_month' });
  await expect(restore(world, { holdDays: 0 })).rejects.toMatchObject({ code: 'invalid_days' });
  await expect(restore(world, { archiveDir: null })).rejects.toThrow(
    'knows of no archive of 2025_08; it knows of: none',
  );
  await expect(restore(world, { archiveDir: join(world.archiveDir, 'nowhere') })).rejects.toThrow('There is no folder');
  await world.retention({ archiveDir: world.archiveDir }).cleanupNow();
  await expect(restore(world, { month: '2025_07' })).rejects.toThrow(/no archive of 2025_07 in .*; it holds: 2025_08/);
  const file = join(world.archiveDir, MONTH, 'events-1.copy.gz');
  const intact = await readFile(file);
  const broken = Buffer.from(intact);
  broken[4] = (broken[4] ?? 0) ^ 1; // in the header: it unpacks all the same
  for (const damage of [broken, intact.subarray(0, -9), Buffer.alloc(0)]) {
    await writeFile(file, damage);
    await expect(restore(world)).rejects.toMatchObject({ code: 'damaged_archive' });
  }
  await rm(file);
  await expect(restore(world)).rejects.toThrow('cannot be read; nothing was restored');
  expect(await world.partitions()).not.toContain('events_2025_08');
  await writeFile(file, intact);
  await writeFile(join(world.archiveDir, MONTH, 'manifest.json'), '{"format":2}');
  await expect(restore(world)).rejects.toThrow('is not a manifest that this version understands');
});

test('a database that knows nothing of the archive takes it too', async () => {
  await using world = await openRetentionWorld();
  const ids = await world.store([DAY]);
  await world.retention({ archiveDir: world.archiveDir }).cleanupNow();
  await using other = await openRetentionWorld();
  await restore(other, { archiveDir: world.archiveDir });
  expect(await other.ids()).toEqual(ids);
  expect(await other.retention().archives()).toMatchObject([{ month: MONTH, events: 1, restoredAt: other.clock.now }]);
});
