import { expect, test } from 'vitest';
import { cloneDatabase } from '../../packages/testing/src/database.ts';
import { eventually } from '../../packages/testing/src/eventually.ts';
import { openTestPrisma } from '../test-support/prisma.ts';
import { uuidV7 } from '../uuid-v7.ts';
import { analyzeWhereDue } from './analyze.ts';
import { ensurePartitions } from './partitions.ts';

test('statistics of partitioned tables are made once and then left alone for an hour', async () => {
  await using db = await cloneDatabase();
  await using prisma = openTestPrisma(db.url);
  const { client } = prisma;
  const occurredAt = new Date('2026-11-22T10:00:00Z');
  await ensurePartitions(client, [occurredAt]);
  await client.event.createMany({
    data: Array.from({ length: 50 }, (_, n) => ({
      id: uuidV7(occurredAt.getTime() + n),
      eventType: `type_${n}`,
      occurredAt,
    })),
  });
  expect(await analyzeWhereDue(client)).toEqual(['attribution', 'event_facts', 'events']);
  const [column] = await client.$queryRaw<unknown[]>`
    SELECT inherited, n_distinct FROM pg_stats WHERE tablename = 'events' AND attname = 'event_type' AND inherited`;
  expect(column).toEqual({ inherited: true, n_distinct: -1 });
  // What was done is told a moment later, by the connection that did it.
  await eventually(async () => (await analyzeWhereDue(client)).length === 0);
});
