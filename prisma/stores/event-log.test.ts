import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { cloneDatabase } from '../../packages/testing/src/database.ts';
import { openTestPrisma } from '../test-support/prisma.ts';
import { uuidV7 } from '../uuid-v7.ts';
import {
  adoptRestoredLog,
  appendEventLog,
  currentLogPosition,
  EventLogFromElsewhere,
  LOG_START,
  type LogPosition,
  readEventLog,
  trimEventLog,
} from './event-log.ts';
import { ensurePartitions } from './partitions.ts';

const STORED = { kinds: ['stored'] } as const;
const APPEND = "INSERT INTO event_log (kind, event_ids) VALUES ('stored', $1::uuid[])";

async function openLog(connections = 3) {
  const db = await cloneDatabase();
  const prisma = openTestPrisma(db.url);
  // Connections of their own: their transactions stay open for as long as a test wants.
  const hosts = Array.from({ length: connections }, () => new pg.Client({ connectionString: db.url }));
  await Promise.all(hosts.map((host) => host.connect()));
  const host = (at: number) => {
    const found = hosts[at];
    if (!found) throw new Error('There is no such host.');
    return found;
  };
  return {
    client: prisma.client,
    host,
    append: async (at: number, ids: readonly string[] = [randomUUID()]) => {
      await host(at).query(APPEND, [ids]);
      return ids;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(hosts.map((one) => one.end()));
      await prisma[Symbol.asyncDispose]();
      await db[Symbol.asyncDispose]();
    },
  };
}

type Log = Awaited<ReturnType<typeof openLog>>;

/** A reader that goes on from where it was, page by page. */
function readerOf({ client }: Pick<Log, 'client'>, start: LogPosition = LOG_START) {
  const reader = {
    position: start,
    page: async (limit = 100, events = 1_000) => {
      const page = await readEventLog(client, reader.position, { ...STORED, limit, events });
      reader.position = page.next;
      return page;
    },
    rest: async (limit = 100): Promise<string[]> => {
      const { batches, exhausted } = await reader.page(limit);
      const ids = batches.flatMap(({ eventIds }) => eventIds);
      return exhausted ? ids : [...ids, ...(await reader.rest(limit))];
    },
  };
  return reader;
}

describe('reading the log', () => {
  test('a transaction that commits late is neither skipped nor waited for', async () => {
    await using log = await openLog();
    const reader = readerOf(log);
    await log.host(0).query('BEGIN');
    const late = await log.append(0);
    const early = await log.append(1);
    expect(await reader.rest()).toEqual(early);
    const next = await log.append(1);
    expect(await reader.rest()).toEqual(next);
    await log.host(0).query('COMMIT');
    expect(await reader.rest()).toEqual(late);
    expect(await reader.rest()).toEqual([]);
  });

  test('a transaction that commits in the middle of a pass comes in the next one', async () => {
    await using log = await openLog();
    const reader = readerOf(log);
    await log.host(0).query('BEGIN');
    const late = await log.append(0);
    const rows = [await log.append(1), await log.append(1), await log.append(1)];
    expect((await reader.page(1)).batches.map(({ eventIds }) => eventIds)).toEqual([rows[0]]);
    await log.host(0).query('COMMIT');
    expect((await reader.page(1)).batches.map(({ eventIds }) => eventIds)).toEqual([rows[1]]);
    expect(await reader.rest(1)).toEqual([...(rows[2] ?? []), ...late]);
  });

  test('what is rolled back is never read, and a savepoint leaves the rest in order', async () => {
    await using log = await openLog();
    const reader = readerOf(log);
    await log.host(0).query('BEGIN');
    await log.append(0);
    await log.host(1).query('BEGIN');
    const before = await log.append(1);
    await log.host(1).query('SAVEPOINT kept');
    const inside = await log.append(1);
    await log.host(1).query('RELEASE kept; SAVEPOINT undone');
    await log.append(1);
    await log.host(1).query('ROLLBACK TO undone');
    const behind = await log.append(1);
    expect(await reader.rest()).toEqual([]);
    await log.host(1).query('COMMIT');
    await log.host(0).query('ROLLBACK');
    expect(await reader.rest()).toEqual([...before, ...inside, ...behind]);
  });

  test('a checkpoint kept in a transaction does not hide what that transaction writes afterwards', async () => {
    await using log = await openLog();
    const ids = Array.from({ length: 4 }, () => randomUUID());
    const kept = await log.client.$transaction(async (tx) => {
      await appendEventLog(tx, 'stored', ids.slice(0, 2));
      // Another transaction ends meanwhile, so that this one's number lies below the snapshot's upper end.
      await log.append(0, ids.slice(2, 3));
      const page = await readEventLog(tx, LOG_START, STORED);
      expect(page.batches.flatMap(({ eventIds }) => eventIds)).toEqual(ids.slice(2, 3));
      const position = await currentLogPosition(tx);
      expect(position.done).toBe(page.next.done);
      await appendEventLog(tx, 'stored', ids.slice(3));
      return position;
    });
    expect(await readerOf(log, kept).rest()).toEqual([...ids.slice(0, 2), ...ids.slice(3)]);
  });

  test('a page ends within a row where its reader says so, and goes on there', async () => {
    await using log = await openLog();
    const ids = Array.from({ length: 25 }, () => randomUUID());
    for (const part of [ids.slice(0, 10), ids.slice(10, 20), ids.slice(20)]) await log.append(0, part);
    const reader = readerOf(log);
    const page = await reader.page(100, 11);
    expect(page.batches.map(({ eventIds }) => eventIds.length)).toEqual([10, 10]);
    const second = page.batches[1];
    if (!second) throw new Error('There is a second batch.');
    const within = readerOf(log, page.after(second, 3));
    const { batches, after } = await within.page(1);
    expect(batches).toMatchObject([{ skipped: 3, eventIds: ids.slice(13, 20) }]);
    expect(await within.rest()).toEqual(ids.slice(20));
    const [rest] = batches;
    if (!rest) throw new Error('There is a batch.');
    expect(await readerOf(log, after(rest, 4)).rest()).toEqual(ids.slice(17));
    expect(await readerOf(log, after(rest, 7)).rest()).toEqual(ids.slice(20));
  });

  test('inserts into events are logged by a thousand; other kinds are read by who asks for them', async () => {
    await using log = await openLog();
    const start = await currentLogPosition(log.client);
    const at = Date.UTC(2026, 10, 2);
    await ensurePartitions(log.client, [new Date(at)]);
    const ids = Array.from({ length: 1_500 }, (_, n) => uuidV7(at + n));
    const data = ids.map((id, n) => ({ id, eventType: 'page_viewed', occurredAt: new Date(at + n) }));
    await log.client.event.createManyAndReturn({ data });
    await appendEventLog(log.client, 'erased', ids.slice(0, 1_001));
    const stored = await readEventLog(log.client, start, { ...STORED, events: 5_000 });
    expect(stored.batches.map(({ kind, eventIds }) => [kind, eventIds.length])).toEqual([
      ['stored', 1_000],
      ['stored', 500],
    ]);
    expect(stored.batches.flatMap(({ eventIds }) => eventIds)).toEqual(ids);
    const erased = await readEventLog(log.client, start, { kinds: ['erased', 'marked'] });
    expect(erased.batches.flatMap(({ kind, eventIds }) => [kind, eventIds.length])).toEqual(['erased', 1_000]);
  });

  test('in any interleaving every committed row is read once, in its transaction its order, and no other', async () => {
    await using log = await openLog();
    const host = fc.nat(2);
    const command = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ do: fc.constant('insert' as const), host, rows: fc.integer({ min: 1, max: 3 }) }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('commit' as const, 'rollback' as const), host }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('undone' as const, 'kept' as const), host }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('read' as const), limit: fc.integer({ min: 1, max: 4 }) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 40 }), async (commands) => {
        const reader = readerOf(log, await currentLogPosition(log.client));
        const open = new Map<number, string[]>();
        const committed: string[][] = [];
        const read: string[] = [];
        const ensureOpen = async (at: number) => {
          const rows = open.get(at) ?? [];
          if (!open.has(at)) await log.host(at).query('BEGIN');
          open.set(at, rows);
          return rows;
        };
        const end = async (at: number, how: 'commit' | 'rollback') => {
          const rows = open.get(at);
          if (!rows) return;
          await log.host(at).query(how);
          open.delete(at);
          if (how === 'commit') committed.push(rows);
        };
        for (const step of commands) {
          if (step.do === 'read') {
            const { batches } = await reader.page(step.limit);
            read.push(...batches.flatMap(({ eventIds }) => eventIds));
          } else if (step.do === 'insert') {
            const rows = await ensureOpen(step.host);
            for (let n = 0; n < step.rows; n += 1) rows.push(...(await log.append(step.host)));
          } else if (step.do === 'commit' || step.do === 'rollback') {
            await end(step.host, step.do);
          } else {
            const rows = await ensureOpen(step.host);
            await log.host(step.host).query('SAVEPOINT part');
            const ids = await log.append(step.host);
            await log.host(step.host).query(step.do === 'kept' ? 'RELEASE part' : 'ROLLBACK TO part; RELEASE part');
            if (step.do === 'kept') rows.push(...ids);
          }
        }
        for (const at of [...open.keys()]) await end(at, at === 0 ? 'rollback' : 'commit');
        read.push(...(await reader.rest(2)));
        expect([...read].sort()).toEqual(committed.flat().sort());
        for (const rows of committed) expect(read.filter((id) => rows.includes(id))).toEqual(rows);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a log out of a dump', () => {
  const AHEAD = 1_000_000;

  test('is noticed, and can be read again from its oldest row', async () => {
    await using log = await openLog();
    const ids = [await log.append(0), await log.append(0)].flat();
    const ahead = { ...LOG_START, done: `${AHEAD}:${AHEAD}:` };
    await log.client.$executeRaw`UPDATE event_log SET xid = xid + ${AHEAD}`;
    await expect(readEventLog(log.client, ahead, STORED)).rejects.toThrow(EventLogFromElsewhere);
    const halfWay = { ...LOG_START, reading: ahead.done };
    await expect(readEventLog(log.client, halfWay, STORED)).rejects.toThrow(EventLogFromElsewhere);
    expect(await readerOf(log).rest()).toEqual([]);
    expect(await adoptRestoredLog(log.client)).toBe(2);
    expect(await readerOf(log).rest()).toEqual(ids);
    const more = await log.append(1);
    expect(await adoptRestoredLog(log.client)).toBe(0);
    expect(await readerOf(log).rest()).toEqual([...ids, ...more]);
  });
});

describe('trimming the log', () => {
  const age = ({ client }: Log, ids: readonly string[], days: number) =>
    client.$executeRaw`
      UPDATE event_log SET logged_at = now() - make_interval(days => ${days}::int) WHERE event_ids = ${[...ids]}::uuid[]`;
  const subscribe = ({ client }: Log, name: string, position: LogPosition, enabled = true) =>
    client.eventSubscription.create({ data: { name, kind: 'handler', eventTypes: ['*'], enabled, ...position } });
  const left = async ({ client }: Log) =>
    (await client.eventLog.findMany({ orderBy: [{ xid: 'asc' }, { id: 'asc' }] })).map(({ eventIds }) => eventIds);

  test('keeps a week, and what an enabled subscription or another reader has not read', async () => {
    await using log = await openLog();
    const rows = [await log.append(0), await log.append(0)];
    const middle = await currentLogPosition(log.client);
    rows.push(await log.append(0), await log.append(0));
    for (const ids of rows.slice(0, 3)) await age(log, ids, 8);
    await subscribe(log, 'disabled', LOG_START, false);
    const none = { subscriptions: [], readers: [] };
    expect(await trimEventLog(log.client, { readers: [LOG_START.done] })).toEqual({ removed: 0, leftBehind: none });
    expect(await trimEventLog(log.client, { keepDays: 9 })).toEqual({ removed: 0, leftBehind: none });
    await subscribe(log, 'half-way', middle);
    expect(await trimEventLog(log.client)).toEqual({
      removed: 2,
      leftBehind: { ...none, subscriptions: ['disabled'] },
    });
    expect(await left(log)).toEqual(rows.slice(2));
    await log.client.eventSubscription.delete({ where: { name: 'half-way' } });
    expect(await trimEventLog(log.client)).toMatchObject({ removed: 1 });
    expect(await left(log)).toEqual(rows.slice(3));
  });

  test('beyond the cap removes what was not read, and tells who has lost it', async () => {
    await using log = await openLog();
    const ids = Array.from({ length: 10 }, () => randomUUID());
    const read = [randomUUID(), randomUUID()];
    for (const part of [read, ids]) await log.append(0, part);
    const page = await readEventLog(log.client, LOG_START, STORED);
    const batch = page.batches[1];
    if (!batch) throw new Error('There is a batch.');
    await subscribe(log, 'through', page.next);
    await subscribe(log, 'within', page.after(batch, 4));
    await subscribe(log, 'at the end', page.after(batch, 10));
    await subscribe(log, 'at the start', LOG_START);
    for (const part of [read, ids]) await age(log, part, 31);
    expect(await trimEventLog(log.client, { readers: [page.next.done, LOG_START.done] })).toEqual({
      removed: 2,
      leftBehind: { subscriptions: expect.toSatisfy((names) => names.length === 2), readers: [LOG_START.done] },
    });
    const missed = await log.client.eventSubscription.findMany({ orderBy: { name: 'asc' } });
    expect(missed.map(({ name, missed }) => [name, missed])).toEqual([
      ['at the end', 0n],
      ['at the start', 12n],
      ['through', 0n],
      ['within', 6n],
    ]);
  });
});
