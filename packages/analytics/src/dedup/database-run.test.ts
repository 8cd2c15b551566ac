import { randomUUID } from 'node:crypto';
import type { EventRow } from '@tallymark/contract/event-row';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loggedAs, marksOf, repeatable, storeAll } from '../test-support/deduplication-world.ts';
import { manyViewed, NOW, openWorld } from '../test-support/ingestion-world.ts';
import { AGGREGATED_TYPE, knownDuplicates } from '../test-support/known-duplicates.ts';
import { decideDuplicates } from './decide-duplicates.ts';
import { EventDeduplicationService } from './service.ts';

async function openDedup(now = NOW) {
  const world = await openWorld();
  await ensurePartitions(world.prisma, [now, new Date(now.getTime() - 86_400_000)]);
  const clock = { now };
  const options = { now: () => clock.now, aggregatedTypes: [AGGREGATED_TYPE] };
  const service = new EventDeduplicationService(world.prisma, world.redis, options);
  return {
    ...world,
    clock,
    service,
    ingestion: () => world.service(),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

/** What all events together make of it, were they one window. */
function expected(rows: readonly EventRow[]): Map<string, string> {
  const candidates = rows.map(({ id, occurredAt, sessionId = '', idempotencyKey = null }) => ({
    id,
    occurredAt: Date.parse(occurredAt),
    identity: sessionId,
    idempotencyKey,
    duplicateOf: null,
    reverted: false,
  }));
  const { mark } = decideDuplicates(candidates, 0);
  return new Map(mark.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, duplicateOf }) => [id, duplicateOf]));
}

describe('a run over the database', () => {
  test('marks exactly the repeats among 20,000 events, across months and windows, and then nothing', async () => {
    const now = new Date('2026-11-01T00:30:00.000Z');
    await using dedup = await openDedup(now);
    const { prisma, service } = dedup;
    const [from, to] = [now.getTime() - 3_600_000, now.getTime()];
    const known = [...knownDuplicates({ events: 20_000, from, to })];
    const rows = known.map(({ row }) => row);
    await storeAll(prisma, rows);
    const repeats = new Map(known.flatMap(({ row, duplicateOf }) => (duplicateOf ? [[row.id, duplicateOf]] : [])));
    expect(repeats.size / rows.length).toBeCloseTo(0.03, 2);

    const ends: number[] = [];
    const onWindow = ({ doneTo }: { doneTo: Date }) => ends.push(doneTo.getTime());
    const result = await service.runDatabaseDeduplication(24, { windowRows: 500, onWindow });
    expect(await marksOf(prisma)).toEqual(new Map([...repeats].toSorted(([a], [b]) => (a < b ? -1 : 1))));
    const comparable = rows.filter(({ count, eventType }) => count === undefined && eventType !== AGGREGATED_TYPE);
    expect(result).toMatchObject({ scanned: comparable.length, marked: repeats.size, unmarked: 0, to: now });
    expect(comparable.length).toBeLessThan(rows.length);
    expect((await loggedAs(prisma, 'marked')).toSorted()).toEqual([...repeats.keys()].toSorted());
    expect(await prisma.event.count()).toBe(rows.length);

    // It would prove little if no pair lay across the end of a window, or the border of the months.
    const timeOf = new Map(rows.map(({ id, occurredAt }) => [id, Date.parse(occurredAt)]));
    const across = (time: number) =>
      [...repeats].filter(([id, of]) => (timeOf.get(of) ?? 0) < time && (timeOf.get(id) ?? 0) >= time).length;
    expect(ends.length).toBeGreaterThan(30);
    expect(ends.slice(0, -1).reduce((sum, end) => sum + across(end), 0)).toBeGreaterThan(3);
    expect(across(Date.UTC(2026, 10))).toBe(20);

    expect(await service.runDatabaseDeduplication(24)).toMatchObject({ marked: 0, unmarked: 0 });
    expect(await service.runDatabaseDeduplication(24, { windowRows: 777 })).toMatchObject({ marked: 0, unmarked: 0 });
    const stats = await service.getDeduplicationStats();
    expect(stats).toMatchObject({ running: false, totalMarked: repeats.size, totalReverted: 0 });
    const first = stats.runs.find(({ runId }) => runId === result.runId);
    const { runId, scanned, marked, from: began } = result;
    expect(first).toMatchObject({ runId, scanned, marked, from: began, finishedAt: now, error: null });
  });

  test('gives the same marks however the windows are cut', async () => {
    await using dedup = await openDedup();
    const { prisma, service } = dedup;
    const event = fc.record({
      ms: fc.integer({ min: 0, max: 6_000 }),
      sessionId: fc.constantFrom('a', 'b'),
      idempotencyKey: fc.constantFrom(undefined, undefined, 'k', 'l'),
    });
    const input = fc.record({
      early: fc.array(event, { maxLength: 30 }),
      late: fc.array(event, { maxLength: 10 }),
      windowRows: fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })),
    });
    await fc.assert(
      fc.asyncProperty(input, async ({ early, late, windowRows: [first, second] }) => {
        await prisma.$executeRaw`TRUNCATE events, duplicate_marks`;
        const rowsOf = (events: typeof early) => events.map(({ ms, ...more }) => repeatable(ms, more));
        const [before, after] = [rowsOf(early), rowsOf(late)];
        await storeAll(prisma, before);
        await service.runDatabaseDeduplication(1, { windowRows: first });
        expect(await marksOf(prisma)).toEqual(expected(before));
        await storeAll(prisma, after);
        await service.runDatabaseDeduplication(1, { windowRows: second });
        expect(await marksOf(prisma)).toEqual(expected([...before, ...after]));
      }),
      { numRuns: 12 },
    );
  });

  test('takes a mark off, or gives it another original, when an earlier event comes late', async () => {
    await using dedup = await openDedup();
    const { prisma, service } = dedup;
    const [late, first, second, third] = [5_000, 4_600, 4_100, 3_600].map((ms) => repeatable(ms));
    if (!late || !first || !second || !third) throw new Error('There are four.');
    await storeAll(prisma, [first, second, third]);
    expect(await service.runDatabaseDeduplication(24)).toMatchObject({ marked: 2, unmarked: 0 });
    expect(await marksOf(prisma)).toEqual(new Map([second, third].map(({ id }) => [id, first.id])));
    await storeAll(prisma, [late]);
    expect(await service.runDatabaseDeduplication(24)).toMatchObject({ marked: 2, unmarked: 1 });
    expect(await marksOf(prisma)).toEqual(new Map([first, second].map(({ id }) => [id, late.id])));
    expect(await loggedAs(prisma, 'unmarked')).toEqual([third.id]);
    const { propsJson } = await prisma.event.findUniqueOrThrow({ where: { id: third.id } });
    expect(propsJson).toEqual(third.propsJson);
  });

  test('takes the mark off an event whose original is gone', async () => {
    await using dedup = await openDedup();
    const { prisma, service } = dedup;
    const [first, second] = [3_000, 2_500].map((ms) => repeatable(ms));
    if (!first || !second) throw new Error('There are two.');
    await storeAll(prisma, [first, second]);
    expect(await service.runDatabaseDeduplication(24)).toMatchObject({ marked: 1, unmarked: 0 });
    await prisma.event.delete({ where: { id: first.id } });
    expect(await service.runDatabaseDeduplication(24)).toMatchObject({ marked: 0, unmarked: 1 });
    expect(await marksOf(prisma)).toEqual(new Map());
  });

  test('looks a second back behind its range, at events that are not marked', async () => {
    await using dedup = await openDedup();
    const { prisma, service, clock } = dedup;
    const hour = 3_600_000;
    const [far, behind, inside] = [hour + 1_200, hour + 300, hour - 300].map((ms) => repeatable(ms));
    if (!far || !behind || !inside) throw new Error('There are three.');
    await storeAll(prisma, [behind, inside]);
    expect(await service.runDatabaseDeduplication(1)).toMatchObject({ scanned: 1, marked: 1 });
    expect(await marksOf(prisma)).toEqual(new Map([[inside.id, behind.id]]));
    await storeAll(prisma, [far]);
    await service.runDatabaseDeduplication(2);
    expect(await marksOf(prisma)).toEqual(new Map([[behind.id, far.id]]));
    clock.now = new Date(NOW.getTime() + 1);
    expect(await service.runDatabaseDeduplication(1)).toMatchObject({ marked: 0, unmarked: 0 });
  });

  test('keeps events that are a mark of its own, or the order of props, apart from none', async () => {
    await using dedup = await openDedup();
    const { prisma, service } = dedup;
    const [first, second, third] = [3_000, 2_500, 2_400].map((ms, n) =>
      repeatable(ms, { propsJson: n === 0 ? { a: 1, b: [{ c: null }] } : { b: [{ c: null }], a: 1 } }),
    );
    if (!first || !second || !third) throw new Error('There are three.');
    await storeAll(prisma, [first, second]);
    await service.runDatabaseDeduplication(24);
    // The second carries our keys by now, and is the third's equal all the same.
    await storeAll(prisma, [third]);
    await service.revertDeduplication({ eventIds: [second.id] });
    await service.runDatabaseDeduplication(24);
    expect(await marksOf(prisma)).toEqual(new Map([[third.id, first.id]]));
  });

  test('does not trip over props that cannot carry a mark', async () => {
    await using dedup = await openDedup();
    const { prisma, service } = dedup;
    const rows = [900, 800, 700, 600].map((ms) => repeatable(ms));
    await storeAll(prisma, rows);
    await prisma.$executeRaw`UPDATE events SET props_json = '"text"' WHERE id = ${rows[0]?.id}::uuid`;
    await prisma.$executeRaw`UPDATE events SET props_json = '[1]' WHERE id = ${rows[1]?.id}::uuid`;
    expect(await service.runDatabaseDeduplication(24)).toMatchObject({ scanned: 2, marked: 1 });
  });

  test('finds events that a host wrote by itself, with ids of its own clock', async () => {
    await using dedup = await openDedup(new Date(Date.now() + 60_000));
    const { prisma, service } = dedup;
    const occurredAt = new Date(Date.now() - 2_000);
    for (const ms of [0, 500]) {
      const time = new Date(occurredAt.getTime() + ms);
      await prisma.event.create({ data: { eventType: 'host_event', occurredAt: time, sessionId: 's' } });
    }
    expect(await service.runDatabaseDeduplication(24, { windowRows: 1 })).toMatchObject({ scanned: 2, marked: 1 });
  });

  test('is not disturbed by flushes beside it, nor they by it', async () => {
    await using dedup = await openDedup();
    const { prisma, service } = dedup;
    const ingestion = await dedup.ingestion();
    const rows = Array.from({ length: 2_000 }, (_, n) => repeatable(2_000 * n, { sessionId: `s${n}` })).flatMap(
      (row) => [row, { ...row, id: randomIdLike(row.id) }],
    );
    await storeAll(prisma, rows);
    const runs = Promise.all([
      service.runDatabaseDeduplication(24, { windowRows: 100 }),
      service.runDatabaseDeduplication(24, { windowRows: 130 }),
    ]);
    for (let batch = 0; batch < 10; batch++) {
      await ingestion.ingestBatch(manyViewed(200));
      expect(await ingestion.forceFlush()).toMatchObject({ complete: true });
    }
    const [one, two] = await runs;
    expect(one.marked + two.marked).toBe(2_000);
    expect(await prisma.event.count()).toBe(6_000);
    expect(await service.runDatabaseDeduplication(24)).toMatchObject({ scanned: 6_000, marked: 0, unmarked: 0 });
  });

  test('that failed says why, and hours that are none are refused', async () => {
    await using dedup = await openDedup();
    const { prisma, service } = dedup;
    await storeAll(prisma, [repeatable(2), repeatable(1)]);
    await prisma.$executeRaw`ALTER TABLE duplicate_marks ADD CONSTRAINT none CHECK (false)`;
    await expect(service.runDatabaseDeduplication(24)).rejects.toThrow('none');
    const { lastRun } = await service.getDeduplicationStats();
    expect(lastRun).toMatchObject({ marked: 0, scanned: 0, doneTo: null, error: expect.stringContaining('none') });
    expect(await marksOf(prisma)).toEqual(new Map());
    for (const hours of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(service.runDatabaseDeduplication(hours)).rejects.toThrow(RangeError);
    }
  });
});

/** Of the same millisecond. */
const randomIdLike = (id: string) => `${id.slice(0, 15)}${randomUUID().slice(15)}`;
