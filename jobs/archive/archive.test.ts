import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProjectionService } from '@tallymark/analytics/project/service';
import { RetentionService } from '@tallymark/analytics/retain/service';
import { demoPlan } from '@tallymark/contract/demo-plan';
import { createPrisma } from '@tallymark/prisma/client';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { cloneDatabase } from '@tallymark/testing/database';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { archiveTable } from './archive-table.ts';
import { parseCommand } from './arguments.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as a process of its own, as `npm run archive` starts it. */
function archive(args: readonly string[], env: Record<string, string>): Promise<Outcome> {
  const { PATH, HOME } = process.env;
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { PATH, HOME, ...env } };
    execFile(process.execPath, ['--import', 'tsx', 'archive/main.ts', ...args], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr });
    });
  });
}

test('lists and restores what retention has archived', async () => {
  await using database = await cloneDatabase();
  const dir = await mkdtemp(join(tmpdir(), 'tallymark-archive-'));
  const prisma = createPrisma({ databaseUrl: database.url, maxConnections: 2, applicationName: 'tallymark-test' });
  try {
    const occurredAt = new Date('2025-01-10T00:00:00Z');
    const now = () => new Date('2026-11-15T12:00:00Z');
    await ensurePartitions(prisma, [occurredAt]);
    const row = { id: uuidV7(occurredAt.getTime()), eventType: 'page_viewed', occurredAt, entityId: randomUUID() };
    await prisma.event.createManyAndReturn({ data: row });
    const config = { cleanupOlderThan: { months: 13 }, archiveDir: dir };
    const deps = { prisma, databaseUrl: database.url, log: pino({ level: 'silent' }), now };
    const counting = { ...deps, plan: demoPlan, enrichmentPatienceMs: null, projections: [] };
    await new ProjectionService(counting).catchUp();
    await new RetentionService({ ...deps, config }).cleanupNow();
    expect(await prisma.event.count()).toBe(0);

    const env = { DATABASE_URL: database.url };
    expect(await archive(['list'], env)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/2025_01 .* archived/),
    });
    expect(await archive(['restore', '2025_02'], { ...env, TRACKING_ARCHIVE_DIR: dir })).toMatchObject({
      code: 1,
      stderr: `There is no archive of 2025_02 in ${dir}; it holds: 2025_01.\n`,
    });
    expect(await archive(['restore', '2025_01', '--dir', '/nowhere'], env)).toMatchObject({
      code: 1,
      stderr: 'There is no folder /nowhere.\n',
    });
    expect(await archive(['list'], { ...env, TRACKING_ARCHIVE_DIR: 'archive' })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('TRACKING_ARCHIVE_DIR: is not an absolute path'),
    });
    expect(
      await archive(['restore', '2025_01', '--hold-days', '3'], { ...env, TRACKING_ARCHIVE_DIR: '/moved' }),
    ).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('2025_01: 1 events restored, 0 there before.'),
    });
    expect(await prisma.event.findMany()).toMatchObject([row]);
    expect(await archive(['list'], env)).toMatchObject({ stdout: expect.stringMatching(/restored, held until 20/) });
  } finally {
    await prisma.$disconnect();
    await rm(dir, { recursive: true });
  }
});

test('says how it is used, and what it misses', async () => {
  expect(await archive(['restore'], {})).toMatchObject({ code: 2, stderr: expect.stringContaining('Usage: npm run') });
  expect(await archive(['list'], {})).toMatchObject({ code: 1, stderr: expect.stringContaining('DATABASE_URL') });
});

test('reads its arguments', () => {
  expect(parseCommand(['list'], '/home')).toEqual({ name: 'list' });
  expect(parseCommand(['restore', '2025_01'], '/home')).toEqual({
    name: 'restore',
    month: '2025_01',
    holdDays: 30,
    dir: null,
  });
  expect(parseCommand(['restore', '2025_01', '--dir', 'backup', '--hold-days', '5'], '/home')).toMatchObject({
    holdDays: 5,
    dir: '/home/backup',
  });
  for (const args of [[], ['list', 'more'], ['remove'], ['restore'], ['restore', 'a', 'b']]) {
    expect(parseCommand(args, '/home')).toBeNull();
  }
  expect(() => parseCommand(['list', '--force'], '/home')).toThrow('--force');
});

test('shows sizes and what became of each month', () => {
  const at = new Date('2026-01-02T00:00:00Z');
  const row = { month: '2025_01', path: 'archive/2025_01', events: 12_345, sha256: '', archivedAt: at };
  const sizes = { tableBytes: 3 * 1024 ** 2, archiveBytes: 1024 ** 2 / 2 };
  const table = archiveTable([
    { ...row, ...sizes, restoredAt: null, heldUntil: null },
    { ...row, ...sizes, restoredAt: null, heldUntil: at },
    { ...row, ...sizes, restoredAt: at, heldUntil: at },
  ]);
  expect(table.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
    'month | events | in Postgres | in files | state | folder',
    '2025_01 | 12,345 | 3.0 MiB | 0.5 MiB | archived | archive/2025_01',
    '2025_01 | 12,345 | 3.0 MiB | 0.5 MiB | restore not finished, held until 2026-01-02 | archive/2025_01',
    '2025_01 | 12,345 | 3.0 MiB | 0.5 MiB | restored, held until 2026-01-02 | archive/2025_01',
  ]);
  expect(archiveTable([])).toBe('Nothing was archived yet.');
});
