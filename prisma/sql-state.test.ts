import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { cloneDatabase } from '../packages/testing/src/database.ts';
import type { PrismaClient, PrismaTransaction } from './client.ts';
import { type SqlState, sqlStateOf } from './sql-state.ts';
import { ensurePartitions } from './stores/partitions.ts';
import { openTestPrisma } from './test-support/prisma.ts';
import { uuidV7 } from './uuid-v7.ts';

const MONTH = new Date('2026-11-01T00:00:00Z');
const LIMIT_MS = 100;
const event = { id: uuidV7(MONTH.getTime()), eventType: 'page_view' };

type Failure = [
  what: string,
  fail: (prisma: PrismaClient) => Promise<unknown>,
  state: string | RegExp,
  constraint?: string,
];

const STATEMENTS: Failure[] = [
  ['a raw query', (prisma) => prisma.$queryRaw`SELECT 1 / 0`, '22012'],
  ['a raw command', (prisma) => prisma.$executeRaw`SELECT 1 / 0`, '22012'],
  ['a table that is not there', (prisma) => prisma.$queryRaw`SELECT FROM nowhere`, '42P01'],
  [
    'a foreign key',
    (prisma) => prisma.site.create({ data: { name: 'x', tenantId: event.id } }),
    '23503',
    'sites_tenant_id_fkey',
  ],
  [
    'a unique key',
    async (prisma) => {
      await prisma.event.createManyAndReturn({ data: event });
      await prisma.event.createManyAndReturn({ data: event });
    },
    '23505',
    'events_2026_11_pkey',
  ],
  [
    'a check, in the one statement',
    (prisma) => prisma.event.createManyAndReturn({ data: { ...event, count: 0 } }),
    '23514',
    'events_count_positive',
  ],
  [
    'a check, in a model call',
    (prisma) => prisma.event.create({ data: { ...event, count: 0 } }),
    '23514',
    'events_count_positive',
  ],
  [
    'a missing partition, in the one statement',
    (prisma) => prisma.event.createManyAndReturn({ data: { ...event, id: uuidV7(0) } }),
    '23514',
  ],
  [
    'a missing partition, in a model call',
    (prisma) => prisma.event.create({ data: { ...event, id: uuidV7(0) } }),
    '23514',
  ],
];

const TRANSACTIONS: Failure[] = [
  [
    'a statement over its limit',
    (prisma) =>
      prisma.$transaction(async (tx) => {
        await tx.$executeRawUnsafe(`SET LOCAL statement_timeout = ${LIMIT_MS}`);
        await tx.$executeRaw`SELECT pg_sleep(10)`;
      }),
    '57014',
  ],
  [
    'a statement in a transaction that has run out of time',
    (prisma) =>
      prisma.$transaction(
        async (tx) => {
          await sleep(2 * LIMIT_MS);
          await tx.$executeRaw`SELECT 1`;
        },
        { timeout: LIMIT_MS },
      ),
    '25P03',
  ],
  [
    'the commit of a transaction that has run out of time',
    (prisma) => prisma.$transaction(() => sleep(2 * LIMIT_MS), { timeout: LIMIT_MS }),
    '25P03',
  ],
  [
    'a transaction that finds no free connection',
    (prisma) =>
      prisma.$transaction(() =>
        prisma.$transaction(() => prisma.$transaction(async () => {}, { maxWait: LIMIT_MS }), { timeout: 10_000 }),
      ),
    '53300',
  ],
  [
    'a statement after the commit',
    async (prisma) => {
      const { tx } = await prisma.$transaction(async (open) => ({ tx: open }));
      await tx.$executeRaw`SELECT 1`;
    },
    '25P01',
  ],
  [
    'a commit that a deferred constraint refuses',
    (prisma) =>
      prisma.$transaction(async (tx) => {
        await tx.$executeRaw`CREATE TEMPORARY TABLE late (id int CONSTRAINT late_key UNIQUE DEFERRABLE INITIALLY DEFERRED)`;
        await tx.$executeRaw`INSERT INTO late VALUES (1), (1)`;
      }),
    '23505',
    'late_key',
  ],
  [
    'a commit after an error that was swallowed',
    (prisma) =>
      prisma.$transaction(async (tx) => {
        await tx.tenant.create({ data: { name: 'lost' } });
        await tx.$queryRaw`SELECT 1 / 0`.catch(() => {});
      }),
    '25P02',
  ],
];

/** The farewell of the server, where it is still on its way when the statement is sent; a lost connection afterwards. */
const LOST = /^(08006|57P01)$/;

const CONNECTIONS: Failure[] = [
  [
    'a connection that is cut in the middle of a statement',
    (prisma) =>
      prisma.$transaction(async (tx) => {
        const pid = await pidOf(tx);
        const cut = sleep(LIMIT_MS).then(() => terminate(prisma, pid));
        await Promise.all([tx.$executeRaw`SELECT pg_sleep(10)`, cut]);
      }),
    '57P01',
  ],
  [
    'a statement after the connection was cut',
    (prisma) =>
      prisma.$transaction(async (tx) => {
        await cutWhileIdle(prisma, tx);
        await tx.$executeRaw`SELECT 1`;
      }),
    LOST,
  ],
  ['a commit after the connection was cut', (prisma) => prisma.$transaction((tx) => cutWhileIdle(prisma, tx)), LOST],
];

async function pidOf(tx: PrismaTransaction): Promise<number> {
  const [row] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
  return row?.pid ?? 0;
}

async function terminate(prisma: PrismaClient, pid: number): Promise<void> {
  await prisma.$executeRaw`SELECT pg_terminate_backend(${pid}::int)`;
}

async function cutWhileIdle(prisma: PrismaClient, tx: PrismaTransaction): Promise<void> {
  const pid = await pidOf(tx);
  await terminate(prisma, pid);
  const alive = () => prisma.$queryRaw<unknown[]>`SELECT FROM pg_stat_activity WHERE pid = ${pid}::int`;
  while ((await alive()).length > 0) await sleep(10);
}

async function stateOfFailure(work: Promise<unknown>): Promise<SqlState | null> {
  return await work.then(
    () => {
      throw new Error('This was meant to fail');
    },
    (error: unknown) => sqlStateOf(error),
  );
}

describe.each([...STATEMENTS, ...TRANSACTIONS, ...CONNECTIONS])('%s', (_what, fail, state, constraint = undefined) => {
  test(`is told by ${state instanceof RegExp ? state.source : state}`, async () => {
    await using db = await cloneDatabase();
    await using prisma = openTestPrisma(db.url, 2);
    await ensurePartitions(prisma.client, [MONTH]);
    expect(await stateOfFailure(fail(prisma.client))).toEqual({
      state: state instanceof RegExp ? expect.stringMatching(state) : state,
      constraint: constraint ?? null,
    });
    // Whatever happened, the pool is usable, and none of its connections is inside a transaction.
    const answers = await Promise.all(
      [1, 2].map(() => prisma.client.$queryRaw`SELECT now() = statement_timestamp() AS fresh`),
    );
    expect(answers).toEqual([[{ fresh: true }], [{ fresh: true }]]);
  });
});

test('a commit that did not happen left nothing behind', async () => {
  await using db = await cloneDatabase();
  await using prisma = openTestPrisma(db.url);
  const commit = prisma.client.$transaction(async (tx) => {
    await tx.tenant.create({ data: { name: 'lost' } });
    await tx.$queryRaw`SELECT 1 / 0`.catch(() => {});
  });
  await expect(commit).rejects.toThrow();
  expect(await prisma.client.tenant.count({ where: { name: 'lost' } })).toBe(0);
});

test('an error that a savepoint took back does not stand in the way of the commit', async () => {
  await using db = await cloneDatabase();
  await using prisma = openTestPrisma(db.url);
  await prisma.client.$transaction(async (tx) => {
    await tx.tenant.create({ data: { name: 'kept' } });
    await tx.$executeRaw`SAVEPOINT attempt`;
    await tx.$queryRaw`SELECT 1 / 0`.catch(() => tx.$executeRaw`ROLLBACK TO SAVEPOINT attempt`);
  });
  expect(await prisma.client.tenant.count({ where: { name: 'kept' } })).toBe(1);
});

const unreachable = { state: '08006', constraint: null };

test.each([
  'postgres://nobody@127.0.0.1:1/none',
  'postgres://nobody@localhost:1/none',
  'postgres://nobody@nowhere.invalid/none',
])('%s, which is not there, is told by 08006', async (url) => {
  await using prisma = openTestPrisma(url);
  const { client } = prisma;
  expect(await stateOfFailure(client.$queryRaw`SELECT 1`)).toEqual(unreachable);
  expect(await stateOfFailure(client.event.count())).toEqual(unreachable);
  expect(await stateOfFailure(client.$transaction(async () => {}))).toEqual(unreachable);
});

test('what is no error of the database has no state', async () => {
  await using prisma = openTestPrisma('postgres://nobody@127.0.0.1:1/none');
  const misspelt: object = { data: { eventType: 'page_view', evntType: 'x' } };
  const invalid = prisma.client.event.createManyAndReturn(misspelt as { data: { eventType: string } });
  expect(await stateOfFailure(invalid)).toBeNull();
  for (const other of [new Error('42P01'), new TypeError('x'), 'Connection terminated', null, undefined]) {
    expect(sqlStateOf(other)).toBeNull();
  }
});

test('the state is found through the errors that were wrapped around it', async () => {
  await using db = await cloneDatabase();
  await using prisma = openTestPrisma(db.url);
  const cause = await prisma.client.$queryRaw`SELECT 1 / 0`.catch((error: unknown) => error);
  const wrapped = new Error('could not flush', { cause: new Error('could not store', { cause }) });
  expect(sqlStateOf(wrapped)).toEqual({ state: '22012', constraint: null });
});
