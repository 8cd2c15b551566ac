import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { cloneDatabase, emptyDatabase } from '../packages/testing/src/database.ts';
import { migrate } from './migrate.ts';
import { diffToSchema } from './test-support/drift.ts';

const NAMES = [
  '20261101000000_tallymark',
  '20261101000001_studio',
  '20261122000000_jobs',
  '20261122000001_subscription_leases',
  '20261122220000_read_models',
  '20261123100000_settings',
  '20261123110000_alerts',
  '20261123115000_patterns',
  '20261123120000_studio',
  '20261123125000_languages',
];
const run = promisify(execFile);

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const runScript = (env: Record<string, string>) =>
  run(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('migrate.ts', import.meta.url))], {
    env: { PATH: process.env.PATH, ...env },
  });

describe('migrate', () => {
  test('applies everything once, and keeps the history of Prisma', async () => {
    await using empty = await emptyDatabase();
    expect(await migrate(empty.url, { now: () => new Date('2031-11-05T00:00:00Z') })).toEqual(NAMES);
    expect(await migrate(empty.url, { now: () => new Date('2031-11-05T00:00:00Z') })).toEqual([]);

    const history = await query(
      empty.url,
      'SELECT migration_name, applied_steps_count, finished_at IS NOT NULL AS done, length(checksum) FROM _prisma_migrations ORDER BY 1',
    );
    expect(history).toEqual(
      NAMES.map((migration_name) => ({ migration_name, applied_steps_count: 1, done: true, length: 64 })),
    );
    const tables = await query(
      empty.url,
      "SELECT relname FROM pg_class WHERE relname ~ '^events_\\d{4}_\\d\\d$' ORDER BY 1",
    );
    expect(tables.map((row) => row.relname)).toEqual([
      'events_2031_11',
      'events_2031_12',
      'events_2032_01',
      'events_2032_02',
    ]);
  });

  test('lets processes that start together wait for each other', async () => {
    await using empty = await emptyDatabase();
    const applied = await Promise.all([migrate(empty.url), migrate(empty.url), migrate(empty.url)]);
    expect(applied.filter((names) => names.length > 0)).toEqual([NAMES]);
  });

  test('as a script says what it did', async () => {
    await using empty = await emptyDatabase();
    expect((await runScript({ DATABASE_URL: empty.url })).stdout).toBe(`${NAMES.join('\n')}\n`);
    expect((await runScript({ DATABASE_URL: empty.url })).stdout).toBe('up to date\n');
  });

  test('as a script says what is wrong', async () => {
    await expect(runScript({})).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('DATABASE_URL') });
    await expect(runScript({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })).rejects.toMatchObject({
      code: 1,
      stderr: 'Cannot reach the database: connect ECONNREFUSED 127.0.0.1:1\n',
    });
  });
});

test('the migrated database differs from the Prisma schema only where that is meant', async () => {
  await using db = await cloneDatabase();
  expect(await diffToSchema(db.url)).toEqual([
    // Equal in fact: the database reports the default of a uuid column with a cast, which Prisma takes for an expression.
    'ALTER TABLE "events" ALTER COLUMN "tenant_id" SET DEFAULT \'00000000-0000-7000-8000-000000000001\', ' +
      'ALTER COLUMN "site_id" SET DEFAULT \'00000000-0000-7000-8000-000000000002\'',
    // Left out on purpose: a foreign key onto a partitioned table stands in the way of dropping partitions.
    'ALTER TABLE "attribution" ADD CONSTRAINT "attribution_event_id_fkey" FOREIGN KEY ("event_id") ' +
      'REFERENCES "events"("id") ON DELETE RESTRICT ON UPDATE CASCADE',
  ]);
});
