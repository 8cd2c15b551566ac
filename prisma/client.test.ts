import pg from 'pg';
import { expect, test } from 'vitest';
import { cloneDatabase } from '../packages/testing/src/database.ts';
import { ensurePartitions } from './stores/partitions.ts';
import { openTestPrisma } from './test-support/prisma.ts';
import { uuidV7 } from './uuid-v7.ts';

test('times are right on a server whose own zone is not UTC', async () => {
  await using db = await cloneDatabase();
  const admin = new pg.Client({ connectionString: db.url });
  await admin.connect();
  await admin.query(`ALTER DATABASE ${new URL(db.url).pathname.slice(1)} SET timezone = 'Asia/Kathmandu'`);
  await admin.end();

  await using prisma = openTestPrisma(db.url);
  const { client } = prisma;
  const occurredAt = new Date('2026-11-22T10:11:12.345Z');
  await ensurePartitions(client, [occurredAt]);
  const rows = ['model', 'batch'].map((eventType) => ({ id: uuidV7(occurredAt.getTime()), eventType, occurredAt }));
  const [first, second] = rows;
  if (!first || !second) throw new Error('two rows were made');
  await client.event.create({ data: first });
  await client.event.createManyAndReturn({ data: second });

  const stored = await client.$queryRaw`
    SELECT event_type, occurred_at, extract(epoch FROM occurred_at)::float8 * 1000 AS ms FROM events ORDER BY 1 DESC`;
  const told = { occurred_at: occurredAt, ms: occurredAt.getTime() };
  expect(stored).toEqual([
    { event_type: 'model', ...told },
    { event_type: 'batch', ...told },
  ]);
  expect(await client.event.findUnique({ where: { id: first.id } })).toMatchObject({ occurredAt });
});

test('connections carry the name of the application, and end with it', async () => {
  await using db = await cloneDatabase();
  const names = async (client: pg.Client) =>
    (
      await client.query(
        "SELECT 1 FROM pg_stat_activity WHERE application_name = 'tallymark-test' AND datname = current_database()",
      )
    ).rowCount;
  const admin = new pg.Client({ connectionString: db.url });
  await admin.connect();
  try {
    await using prisma = openTestPrisma(db.url, 2);
    await Promise.all([1, 2, 3, 4].map(() => prisma.client.$executeRaw`SELECT pg_sleep(0.02)`));
    expect(await names(admin)).toBe(2);
  } finally {
    await admin.end();
  }
});
