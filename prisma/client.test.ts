import net from 'node:net';
import pg from 'pg';
import { expect, test } from 'vitest';
import { cloneDatabase } from '../packages/testing/src/database.ts';
import { eventually } from '../packages/testing/src/eventually.ts';
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

test('a connection lost in the same breath as an answer fails the one who takes it next, and nobody else', async () => {
  await using db = await cloneDatabase();
  await using line = await holdableLine(db.url);
  await using prisma = openTestPrisma(line.url, 1);
  const { client } = prisma;
  const [backend] = await client.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
  line.hold();
  const answer = client.$queryRaw`SELECT 1 AS one`.then((rows) => rows);
  const next = client.$transaction((tx) => tx.$queryRaw`SELECT 2 AS two`).catch((error: unknown) => error);
  await eventually(line.holdsAnswer);
  const admin = new pg.Client({ connectionString: db.url });
  await admin.connect();
  await admin.query('SELECT pg_terminate_backend($1)', [backend?.pid]);
  await admin.end();
  await eventually(line.holdsEnd);
  line.letGo();
  expect(await answer).toEqual([{ one: 1 }]);
  expect(await next).toBeInstanceOf(Error);
  expect(await client.$queryRaw`SELECT 3 AS three`).toEqual([{ three: 3 }]);
});

/** A way to the server that can hold back what the server says, and then hand it over in one piece. */
async function holdableLine(databaseUrl: string) {
  const server = new URL(databaseUrl);
  const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
  let held: Buffer[] | null = null;
  let ended = false;
  let letGo = () => {};
  const proxy = net.createServer((near) => {
    const far = net.connect(Number(server.port), server.hostname);
    near.pipe(far);
    far.on('data', (chunk) => (held ? held.push(chunk) : near.write(chunk)));
    far.on('end', () => {
      ended = true;
      if (!held) near.end();
    });
    for (const socket of [near, far]) socket.on('error', () => {});
    letGo = () => {
      near.end(Buffer.concat(held ?? []));
      held = null;
    };
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((proxy.address() as net.AddressInfo).port);
  return {
    url: url.href,
    hold: () => {
      held = [];
    },
    holdsAnswer: () => Buffer.concat(held ?? []).includes(readyForQuery),
    holdsEnd: () => ended,
    letGo: () => letGo(),
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
