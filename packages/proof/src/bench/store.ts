import { PrismaPg } from '@prisma/adapter-pg';
import type { EventRow } from '@tallymark/contract/event-row';
import { createPrisma } from '@tallymark/prisma/client';
import { PrismaClient } from '@tallymark/prisma/generated';
import { migrate } from '@tallymark/prisma/migrate';
import { insertEvents } from '@tallymark/prisma/stores/insert-events';
import pg from 'pg';
import { copyEvents } from './copy-events.ts';
import { eventRows } from './event-rows.ts';
import { collectGarbage, median, type Sample, sample } from './measure.ts';
import { atLeast, type Benchmark, machine } from './report.ts';
import { throwawayDatabase } from './throwaway-database.ts';

const BATCH = 500;
const WARM_UP_ROUNDS = 3;
const ROUNDS = 15;

interface Writer {
  readonly name: string;
  /** Per round: enough for a reading, few enough that stock Prisma does not take all the time. */
  readonly batches: number;
  readonly write: (rows: EventRow[]) => Promise<unknown>;
}

/**
 * How fast rows get into `events`, one connection, one batch after the other. All writers fill the same table with all
 * its indexes, taking turns in every round, so that whatever the machine does meanwhile happens to all of them.
 */
export const store: Benchmark = async (note) => {
  await using database = await throwawayDatabase();
  await migrate(database.url);
  const stock = new PrismaClient({ adapter: new PrismaPg({ connectionString: database.url, max: 1 }) });
  const ours = createPrisma({ databaseUrl: database.url, maxConnections: 1, applicationName: 'tallymark-bench' });
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const writers: Writer[] = [
      {
        name: 'stock createManyAndReturn',
        batches: 1,
        write: (data) => stock.event.createManyAndReturn({ data, skipDuplicates: true, select: { id: true } }),
      },
      {
        name: 'ours createManyAndReturn',
        batches: 6,
        write: (data) => ours.event.createManyAndReturn({ data, skipDuplicates: true, select: { id: true } }),
      },
      {
        name: 'ours, full records',
        batches: 6,
        write: (data) => ours.event.createManyAndReturn({ data, skipDuplicates: true }),
      },
      { name: 'insertEvents', batches: 6, write: (rows) => insertEvents(ours, rows, { skipDuplicates: true }) },
      { name: 'COPY', batches: 6, write: (rows) => copyEvents(client, rows) },
    ];
    const samples = await takeTurns(writers, note);
    await assertStored(client, writers);
    return await report(writers, samples, client);
  } finally {
    await Promise.all([stock.$disconnect(), ours.$disconnect(), client.end()]);
  }
};

async function takeTurns(writers: readonly Writer[], note: (line: string) => void): Promise<Map<string, Sample[]>> {
  const source = eventRows(new Date());
  const batch = () => Array.from({ length: BATCH }, () => source.next().value);
  const samples = new Map<string, Sample[]>(writers.map(({ name }) => [name, []]));
  note(`${ROUNDS} rounds of ${writers.length} writers, batches of ${BATCH} rows …`);
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    for (const { name, batches, write } of writers) {
      const prepared = Array.from({ length: batches }, batch);
      collectGarbage();
      const taken = await sample(batches * BATCH, async () => {
        for (const rows of prepared) await write(rows);
      });
      if (round >= 0) samples.get(name)?.push(taken);
    }
  }
  return samples;
}

async function assertStored(client: pg.Client, writers: readonly Writer[]): Promise<void> {
  const perRound = writers.reduce((sum, { batches }) => sum + batches * BATCH, 0);
  const { rows } = await client.query<{ stored: number }>('SELECT count(*)::int AS stored FROM events');
  const expected = perRound * (ROUNDS + WARM_UP_ROUNDS);
  if (rows[0]?.stored !== expected) throw new Error(`${rows[0]?.stored} rows were stored, not ${expected}`);
}

async function report(writers: readonly Writer[], samples: ReadonlyMap<string, Sample[]>, client: pg.Client) {
  const medians = new Map(
    [...samples].map(([name, all]) => [
      name,
      { rowsPerSecond: median(all.map((one) => one.perSecond)), cpuMicros: median(all.map((one) => one.cpuMicros)) },
    ]),
  );
  const rate = (name: string) => medians.get(name)?.rowsPerSecond ?? Number.NaN;
  const [stock, ours, , , copy] = writers.map(({ name }) => rate(name));
  const { rows } = await client.query<{ version: string; fsync: string }>(
    "SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync",
  );
  return {
    name: 'store',
    table: writers.map(({ name, batches }) => ({
      writer: name,
      rows: batches * BATCH * ROUNDS,
      'rows/s': rate(name),
      'Node µs/row': medians.get(name)?.cpuMicros ?? Number.NaN,
      '× stock': rate(name) / (stock ?? Number.NaN),
      '× COPY': rate(name) / (copy ?? Number.NaN),
    })),
    targets: [
      atLeast('ours / stock', (ours ?? Number.NaN) / (stock ?? Number.NaN), 10),
      atLeast('ours / COPY', (ours ?? Number.NaN) / (copy ?? Number.NaN), 0.5),
    ],
    conditions: { ...machine(), postgres: rows[0]?.version ?? '', fsync: rows[0]?.fsync ?? '', batch: BATCH },
  };
}
