import { describe, expect, test } from 'vitest';
import { loggedAs, marksOf, repeatable, storeAll } from '../test-support/deduplication-world.ts';
import { NOW, openWorld } from '../test-support/ingestion-world.ts';
import { EventDeduplicationService } from './service.ts';

async function openMarked() {
  const world = await openWorld();
  await (await world.service()).shutdown();
  const service = new EventDeduplicationService(world.prisma, world.redis, { now: () => NOW });
  const rows = ['a', 'b'].flatMap((sessionId) => [5_000, 4_500, 4_200].map((ms) => repeatable(ms, { sessionId })));
  await storeAll(world.prisma, rows);
  const { runId } = await service.runDatabaseDeduplication(24);
  const ids = rows.map(({ id }) => id);
  const dispose = () => world[Symbol.asyncDispose]();
  return { prisma: world.prisma, service, rows, ids, runId, [Symbol.asyncDispose]: dispose };
}

describe('taking marks back', () => {
  test('of events is for good: they count as kept, and no later run marks them', async () => {
    await using marked = await openMarked();
    const { prisma, service, rows, ids } = marked;
    const [, second = '', third = ''] = ids;
    expect(await service.revertDeduplication({ eventIds: [second, ids[0] ?? ''] })).toEqual({ reverted: 1 });
    expect((await marksOf(prisma)).has(second)).toBe(false);
    expect(await loggedAs(prisma, 'unmarked')).toEqual([second]);
    const { propsJson } = await prisma.event.findUniqueOrThrow({ where: { id: second } });
    expect(propsJson).toEqual(rows[1]?.propsJson);
    expect(await service.runDatabaseDeduplication(24)).toMatchObject({ marked: 0, unmarked: 0 });
    expect(await service.revertDeduplication({ eventIds: [second] })).toEqual({ reverted: 0 });
    expect(await service.getDeduplicationStats()).toMatchObject({ totalMarked: 3, totalReverted: 1 });

    // Without the first, what was taken back is what the third repeats.
    await prisma.event.delete({ where: { id: ids[0] ?? '' } });
    expect(await service.runDatabaseDeduplication(24)).toMatchObject({ marked: 1, unmarked: 0 });
    expect((await marksOf(prisma)).get(third)).toBe(second);
  });

  test('of a run takes all of its marks, and no others', async () => {
    await using marked = await openMarked();
    const { prisma, service, runId } = marked;
    const more = [3_000, 2_500].map((ms) => repeatable(ms, { sessionId: 'c' }));
    await storeAll(prisma, more);
    await service.runDatabaseDeduplication(24);
    expect((await marksOf(prisma)).size).toBe(5);
    expect(await service.revertDeduplication({ runId })).toEqual({ reverted: 4 });
    expect([...(await marksOf(prisma)).keys()]).toEqual([more[1]?.id]);
    expect(await loggedAs(prisma, 'unmarked')).toHaveLength(4);
    expect(await service.runDatabaseDeduplication(24)).toMatchObject({ marked: 0, unmarked: 0 });
  });
});
