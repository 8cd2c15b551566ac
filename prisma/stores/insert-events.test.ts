import type { EventRow } from '@tallymark/contract/event-row';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cloneDatabase } from '../../packages/testing/src/database.ts';
import { sqlStateOf } from '../sql-state.ts';
import { openStockPrisma, openTestPrisma } from '../test-support/prisma.ts';
import { uuidV7 } from '../uuid-v7.ts';
import { insertEvents } from './insert-events.ts';
import { ensurePartitions } from './partitions.ts';

const MONTH = new Date('2026-11-01T00:00:00Z');

function rowAt(ms: number, more: Partial<EventRow> = {}): EventRow {
  const occurredAt = new Date(MONTH.getTime() + ms);
  return {
    id: uuidV7(occurredAt.getTime()),
    tenantId: '00000000-0000-7000-8000-000000000001',
    siteId: '00000000-0000-7000-8000-000000000002',
    eventType: 'page_view',
    schemaVersion: 1,
    source: 'web',
    occurredAt: occurredAt.toISOString(),
    receivedAt: occurredAt.toISOString(),
    propsJson: {},
    payloadHash: 'f'.repeat(32),
    samplingRate: 100,
    ...more,
  };
}

async function openStore() {
  const db = await cloneDatabase();
  const prisma = openTestPrisma(db.url);
  await ensurePartitions(prisma.client, [MONTH]);
  return {
    url: db.url,
    client: prisma.client,
    async [Symbol.asyncDispose]() {
      await prisma[Symbol.asyncDispose]();
      await db[Symbol.asyncDispose]();
    },
  };
}

describe('insertEvents', () => {
  test('answers with the ids that were inserted, in id order, and skips the others', async () => {
    await using store = await openStore();
    const rows = [3, 1, 2].map((ms) => rowAt(ms));
    const ids = rows.map((row) => row.id).sort();
    expect(await insertEvents(store.client, rows.slice(0, 1), { skipDuplicates: true })).toEqual([ids[2]]);
    expect(await insertEvents(store.client, rows, { skipDuplicates: true })).toEqual(ids.slice(0, 2));
    expect(await insertEvents(store.client, rows, { skipDuplicates: true })).toEqual([]);
    expect(await insertEvents(store.client, [], { skipDuplicates: true })).toEqual([]);
    const again = insertEvents(store.client, rows, { skipDuplicates: false });
    expect(await again.catch(sqlStateOf)).toMatchObject({ state: '23505' });
  });

  test('keeps times to the millisecond and JSON to the last digit', async () => {
    await using store = await openStore();
    const anyProps = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'grapheme' }));
    const anyMs = fc.integer({ min: 0, max: 86_400_000 });
    await fc.assert(
      fc.asyncProperty(anyMs, anyProps, async (ms, propsJson) => {
        const row = rowAt(ms, { propsJson });
        await insertEvents(store.client, [row], { skipDuplicates: false });
        const [stored] = await store.client.$queryRaw<{ props: string; at: Date }[]>`
          SELECT props_json::text AS props, occurred_at AS at FROM events WHERE id = ${row.id}::uuid`;
        expect(JSON.parse(stored?.props ?? '')).toEqual(JSON.parse(JSON.stringify(propsJson)));
        expect(stored?.at.toISOString()).toBe(row.occurredAt);
      }),
      { numRuns: 50 },
    );
  });

  test('takes any text for what it is, separators included', async () => {
    await using store = await openStore();
    const odd = ['~', '', '\x1e', '\x7f', 'a\x7f~\x1e', '\\N', 'NULL', '{}', '\n'];
    const rows = odd.map((entityId, ms) =>
      rowAt(ms, { entityId, entityType: '~', propsJson: { [entityId]: entityId } }),
    );
    for (const batch of [...rows.slice(0, 4).map((row) => [row]), rows.slice(4)]) {
      expect(await insertEvents(store.client, batch, { skipDuplicates: false })).toHaveLength(batch.length);
    }
    const stored = await store.client.event.findMany({ orderBy: { id: 'asc' } });
    expect(stored.map((row) => row.entityId)).toEqual(odd);
    expect(stored.map((row) => row.propsJson)).toEqual(rows.map((row) => row.propsJson));
    expect(stored.map((row) => row.service)).toEqual(odd.map(() => null));
  });

  test('stores the first of two rows with one id', async () => {
    await using store = await openStore();
    const rows = Array.from({ length: 50 }, (_, at) => rowAt(at % 5, { count: at + 1, id: rowAt(at % 5).id }));
    const twins = rows.map((row, at) => ({ ...row, id: rows[at % 5]?.id ?? '' }));
    expect(await insertEvents(store.client, twins, { skipDuplicates: true })).toHaveLength(5);
    const stored = await store.client.event.findMany({ orderBy: { id: 'asc' } });
    expect(stored.map((row) => row.count)).toEqual([1, 2, 3, 4, 5]);
  });

  test('fills in what only Postgres knows', async () => {
    await using store = await openStore();
    const row = rowAt(1);
    await insertEvents(store.client, [row], { skipDuplicates: true });
    expect(await store.client.event.findUnique({ where: { id: row.id } })).toMatchObject({
      createdAt: expect.any(Date),
      count: 1,
      retentionExempt: false,
      clientVersion: null,
      service: null,
    });
  });

  test("belongs to a host's transaction, whose client knows nothing of ours", async () => {
    await using store = await openStore();
    await using host = openStockPrisma(store.url);
    const undone = host.client.$transaction(async (tx) => {
      expect(await insertEvents(tx, [rowAt(1)], { skipDuplicates: true })).toHaveLength(1);
      throw new Error('changed my mind');
    });
    await expect(undone).rejects.toThrow('changed my mind');
    expect(await store.client.event.count()).toBe(0);
    await host.client.$transaction((tx) => insertEvents(tx, [rowAt(1)], { skipDuplicates: true }));
    expect(await store.client.event.count()).toBe(1);
  });

  test.each([
    ['a month without a partition', { id: uuidV7(0) }, '23514', null],
    ['a count that a check refuses', { count: 0 }, '23514', 'events_count_positive'],
    ['NUL in a text', { entityId: 'a\0b' }, '22021', null],
    ['NUL in the props', { propsJson: { a: '\0' } }, '22P05', null],
    ['a lone surrogate in the props', { propsJson: { a: '\ud800' } }, '22P02', null],
    ['a number that does not fit', { count: 2 ** 31 }, '22003', null],
  ])('all or nothing: %s fails with its SQLSTATE', async (_what, odd, state, constraint) => {
    await using store = await openStore();
    const rows = [rowAt(1), rowAt(2, odd), rowAt(3)];
    const failure = insertEvents(store.client, rows, { skipDuplicates: true });
    expect(await failure.catch(sqlStateOf)).toEqual({ state, constraint });
    expect(await store.client.event.count()).toBe(0);
  });
});
