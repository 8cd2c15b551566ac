import { expect, test } from 'vitest';
import { cloneDatabase } from '../../packages/testing/src/database.ts';
import { openTestPrisma } from '../test-support/prisma.ts';
import { uuidV7 } from '../uuid-v7.ts';
import {
  detachPartition,
  dropPartitions,
  ensurePartitions,
  finalizeDetach,
  leavingPartitions,
  listPartitions,
  markLeaving,
  parseMonth,
  partitionSizes,
  uuidV7Floor,
} from './partitions.ts';
import { isLockTimeout, openRetentionSession, setLockTimeout } from './retention-session.ts';

const month = (text: string) => new Date(`${text}-01T00:00:00Z`);

test('the floor of a time is the lowest UUIDv7 of its millisecond', () => {
  expect(uuidV7Floor(new Date(0))).toBe('00000000-0000-0000-0000-000000000000');
  expect(uuidV7Floor(new Date('2026-11-01T00:00:00Z'))).toBe('01a19467-e800-0000-0000-000000000000');
  expect(uuidV7Floor(month('2026-11')) < uuidV7(Date.parse('2026-11-01T00:00:00Z'))).toBe(true);
  expect(uuidV7Floor(month('2026-11')) > uuidV7(Date.parse('2026-10-31T23:59:59.999Z'))).toBe(true);
  expect(() => uuidV7Floor(new Date(-1))).toThrow(RangeError);
  expect(() => uuidV7Floor(new Date(Number.NaN))).toThrow(RangeError);
});

test('makes each month once, for both tables, and at both ends of the range', async () => {
  await using db = await cloneDatabase();
  await using prisma = openTestPrisma(db.url);
  const months = [new Date('2030-02-28T23:59:59.999Z'), month('2030-02'), month('1970-01'), month('9999-12')];
  expect(await ensurePartitions(prisma.client, months)).toEqual([
    'events_2030_02',
    'attribution_2030_02',
    'event_facts_2030_02',
    'events_1970_01',
    'attribution_1970_01',
    'event_facts_1970_01',
    'events_9999_12',
    'attribution_9999_12',
    'event_facts_9999_12',
  ]);
  expect(await ensurePartitions(prisma.client, months)).toEqual([]);
  expect(await listPartitions(prisma.client)).toContainEqual({
    table: 'events',
    name: 'events_2030_02',
    from: month('2030-02'),
    to: month('2030-03'),
    detachPending: false,
  });
  for (const time of ['1970-01-01T00:00:00.000Z', '2030-02-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z']) {
    const id = uuidV7(Date.parse(time));
    await prisma.client.event.createManyAndReturn({ data: { id, eventType: 'page_view', occurredAt: time } });
    expect(await prisma.client.event.findUnique({ where: { id } })).toMatchObject({ occurredAt: new Date(time) });
  }
  for (const time of ['1969-12-31', '+010000-01-01', 'nonsense']) {
    await expect(ensurePartitions(prisma.client, [new Date(time)])).rejects.toThrow(RangeError);
  }
});

test('a partition carries all indexes and checks of its table', async () => {
  await using db = await cloneDatabase();
  await using prisma = openTestPrisma(db.url);
  await ensurePartitions(prisma.client, [month('2030-02')]);
  const unattached = await prisma.client.$queryRaw<unknown[]>`
    SELECT i.indexrelid::regclass::text FROM pg_index i
    WHERE i.indrelid IN ('events_2030_02'::regclass, 'attribution_2030_02'::regclass)
      AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = i.indexrelid)`;
  expect(unattached).toEqual([]);
  const counts = await prisma.client.$queryRaw`
    SELECT c.relname AS table, count(i.*)::int AS indexes FROM pg_class c LEFT JOIN pg_index i ON i.indrelid = c.oid
    WHERE c.relname IN ('events', 'events_2030_02') GROUP BY 1 ORDER BY 1`;
  expect(counts).toEqual([
    { table: 'events', indexes: 7 },
    { table: 'events_2030_02', indexes: 7 },
  ]);
});

test('five processes that need the same months make them once', async () => {
  await using db = await cloneDatabase();
  await using prisma = openTestPrisma(db.url);
  const others = Array.from({ length: 5 }, () => openTestPrisma(db.url));
  const months = [month('2031-01'), month('2031-02')];
  try {
    const made = await Promise.all(others.map(({ client }) => ensurePartitions(client, months)));
    expect(made.flat().sort()).toEqual([
      'attribution_2031_01',
      'attribution_2031_02',
      'event_facts_2031_01',
      'event_facts_2031_02',
      'events_2031_01',
      'events_2031_02',
    ]);
  } finally {
    await Promise.all(others.map((other) => other[Symbol.asyncDispose]()));
  }
  expect((await listPartitions(prisma.client)).filter(({ name }) => name.includes('2031'))).toHaveLength(6);
});

test('attaching waits for no insert, and no insert for it', async () => {
  await using db = await cloneDatabase();
  await using prisma = openTestPrisma(db.url);
  await ensurePartitions(prisma.client, [month('2030-02')]);
  const insert = (time: string) => ({
    data: { id: uuidV7(Date.parse(time)), eventType: 'page_view', occurredAt: time },
  });
  await prisma.client.$transaction(async (tx) => {
    await tx.event.createManyAndReturn(insert('2030-02-03T00:00:00.000Z'));
    // Lock conflicts are symmetric: were one to wait for the other, this would not come back before the commit.
    expect(await ensurePartitions(prisma.client, [month('2030-03')])).toHaveLength(3);
    expect(await tx.event.createManyAndReturn(insert('2030-03-03T00:00:00.000Z'))).toHaveLength(1);
  });
  expect(await prisma.client.event.count()).toBe(2);
});

test('months seen before cost no statement', async () => {
  await using db = await cloneDatabase();
  const known = new Set<string>();
  const prisma = openTestPrisma(db.url);
  try {
    expect(await ensurePartitions(prisma.client, [month('2030-02')], known)).toHaveLength(3);
  } finally {
    await prisma[Symbol.asyncDispose]();
  }
  await using unreachable = openTestPrisma('postgres://nobody@127.0.0.1:1/none');
  expect(await ensurePartitions(unreachable.client, [month('2030-02')], known)).toEqual([]);
  await expect(ensurePartitions(unreachable.client, [month('2030-03')], known)).rejects.toThrow();
});

const RUN = '0193f7c2-3c48-7000-8000-00000000000a';
const EVENTS = { table: 'events', name: 'events_2030_02' } as const;

/** A month with one event in it, of which retention has marked the partition of `events`. */
async function openLeavingMonth() {
  const db = await cloneDatabase();
  const prisma = openTestPrisma(db.url);
  const session = await openRetentionSession(db.url);
  await ensurePartitions(prisma.client, [month('2030-02')]);
  const occurredAt = '2030-02-03T00:00:00.000Z';
  await prisma.client.event.createManyAndReturn({
    data: { id: uuidV7(Date.parse(occurredAt)), eventType: 'page_view', occurredAt },
  });
  await markLeaving(prisma.client, EVENTS.name, RUN);
  return {
    prisma: prisma.client,
    session,
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      await prisma[Symbol.asyncDispose]();
      await db[Symbol.asyncDispose]();
    },
  };
}

/** Leaves the detach pending, as a kill does. */
async function breakOffDetach({ prisma, session }: Awaited<ReturnType<typeof openLeavingMonth>>): Promise<void> {
  await setLockTimeout(session, 50);
  await prisma.$transaction(async (tx) => {
    await tx.$executeRaw`LOCK TABLE events IN ACCESS SHARE MODE`;
    await expect(detachPartition(session, EVENTS)).rejects.toSatisfy(isLockTimeout);
  });
}

test('a month that retention is taking away comes back with its rows for whoever asks for it', async () => {
  await using world = await openLeavingMonth();
  const { prisma, session } = world;
  const states = async () => (await leavingPartitions(prisma)).map(({ state }) => state);
  expect(await leavingPartitions(prisma)).toEqual([{ name: EVENTS.name, runId: RUN, state: 'attached' }]);

  await detachPartition(session, EVENTS);
  expect(await states()).toEqual(['detached']);
  expect(await prisma.event.count()).toBe(0);
  expect(await ensurePartitions(prisma, [month('2030-02')])).toEqual([EVENTS.name]);
  expect(await prisma.event.count()).toBe(1);
  expect(await states()).toEqual([]);

  await markLeaving(prisma, EVENTS.name, RUN);
  await breakOffDetach(world);
  expect(await states()).toEqual(['pending']);
  expect(await ensurePartitions(prisma, [month('2030-02')])).toEqual([EVENTS.name]);
  expect(await prisma.event.count()).toBe(1);
});

test('a detach that was broken off can be finished', async () => {
  await using world = await openLeavingMonth();
  await breakOffDetach(world);
  await finalizeDetach(world.session, EVENTS);
  expect(await leavingPartitions(world.prisma)).toMatchObject([{ state: 'detached' }]);
});

test('drops only what the same run has detached', async () => {
  await using world = await openLeavingMonth();
  const { prisma, session } = world;
  const drop = (runId: string) => prisma.$transaction((tx) => dropPartitions(tx, [EVENTS.name], runId));
  expect(await drop(RUN)).toBe(false);
  await detachPartition(session, EVENTS);
  expect(await drop(RUN.replace('a', 'b'))).toBe(false);
  expect((await partitionSizes(prisma, [EVENTS.name])).get(EVENTS.name)).toBeGreaterThan(8_192);
  expect(await drop(RUN)).toBe(true);
  expect(await partitionSizes(prisma, [EVENTS.name])).toEqual(new Map());
  await expect(prisma.$transaction((tx) => dropPartitions(tx, ['sites'], RUN))).resolves.toBe(false);
  await expect(markLeaving(prisma, 'sites', RUN)).rejects.toThrow(RangeError);
});

test('what somebody else has detached stays as it is', async () => {
  await using world = await openLeavingMonth();
  const { prisma, session } = world;
  await prisma.$executeRaw`COMMENT ON TABLE events_2030_02 IS NULL`;
  await detachPartition(session, EVENTS);
  await expect(ensurePartitions(prisma, [month('2030-02')])).rejects.toThrow('already exists');
  expect(await prisma.event.count()).toBe(0);
});

test.each(['2025_1', '2025_13', '2025-01', '1969_12', '12025_01', '2025_01 ', ''])('%j is no month', (text) => {
  expect(parseMonth(text)).toBeNull();
});
