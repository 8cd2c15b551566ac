import { fileURLToPath } from 'node:url';
import { runDeduplication } from '@tallymark/analytics/dedup/database-run';
import { AGGREGATED_TYPE, type KnownEvent, knownDuplicates } from '@tallymark/analytics/test-support/known-duplicates';
import { createPrisma } from '@tallymark/prisma/client';
import { migrate } from '@tallymark/prisma/migrate';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import pg from 'pg';
import { copyEvents } from './copy-events.ts';
import { copyOf, type DatabaseCopy } from './database-copy.ts';
import { type MeasuredRun, startMeasured } from './measured-run.ts';
import { atLeast, atMost, type Benchmark, machine } from './report.ts';
import { throwawayDatabase } from './throwaway-database.ts';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 1_000_000);
/** A day across the border of two months. */
const NOW = new Date('2026-11-01T06:00:00.000Z');
const HOURS = 24;
const MS_PER_HOUR = 3_600_000;
const WINDOW_ROWS = 50_000;
const ROWS_OF_A_COPY = 5_000;
const LONGEST_SECONDS = 60;
const MOST_MEMORY_MIB = 400;

const PROCESS = fileURLToPath(import.meta.resolve('@tallymark/analytics/test-support/deduplication-process'));

interface Truth {
  readonly events: number;
  /** Repeats, and what they repeat. */
  readonly repeats: ReadonlyMap<string, string>;
  /** First and last time of each pair, in milliseconds. */
  readonly pairs: readonly (readonly [number, number])[];
}

/** A run over a day of events whose repeats are known: whether it finds exactly those, undisturbed and killed half-way. */
export const dedup: Benchmark = async (note) => {
  await using database = await throwawayDatabase();
  await migrate(database.url);
  note(`loading ${EVENTS.toLocaleString('en')} events`);
  const truth = await load(database.url);
  await using calm = await copyOf(database.url, 'calm');
  await using killed = await copyOf(database.url, 'killed');

  note('first run');
  const first = await untilDone(calm);
  const foundAll = await isExactly(calm, truth);
  note('second run');
  const second = await untilDone(calm);
  const foundAgain = await isExactly(calm, truth);
  const across = await pairsAcrossWindows(calm, truth);

  note('a run that is killed half-way, and the next one');
  const doneBefore = await killHalfWay(killed);
  const resumed = await untilDone(killed);
  const foundAfterKill = await isExactly(killed, truth);

  const runs = { 'first run': first, 'second run': second, 'after a kill': resumed };
  return {
    name: 'dedup',
    table: Object.entries(runs).map(([run, { seconds, cpuSeconds, postgresCpuSeconds, peakMiB, postgresPeakMiB }]) => ({
      run,
      seconds,
      'Node CPU s': cpuSeconds,
      'Postgres CPU s': postgresCpuSeconds,
      'Node peak MiB': peakMiB,
      'Postgres peak MiB': postgresPeakMiB,
    })),
    targets: [
      atLeast('first run marked exactly the known repeats (1 is yes)', Number(foundAll), 1),
      atLeast('second run left them as they were (1 is yes)', Number(foundAgain), 1),
      atLeast('after a kill half-way the same (1 is yes)', Number(foundAfterKill), 1),
      atLeast('marks there when it was killed', doneBefore, 1),
      atMost('marks there when it was killed', doneBefore, truth.repeats.size - 1),
      atLeast('pairs across the end of a window', across.windows, 1),
      atLeast('pairs across the border of the months', across.months, 1),
      atMost('seconds of the first run', first.seconds, LONGEST_SECONDS),
      atMost('peak memory of the process in MiB', first.peakMiB, MOST_MEMORY_MIB),
    ],
    conditions: { ...machine(), events: truth.events, repeats: truth.repeats.size, windowRows: WINDOW_ROWS },
  };
};

async function load(url: string): Promise<Truth> {
  const prisma = createPrisma({ databaseUrl: url, maxConnections: 1, applicationName: 'tallymark-bench' });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const from = NOW.getTime() - HOURS * MS_PER_HOUR;
  try {
    await ensurePartitions(prisma, [new Date(from), NOW]);
    const repeats = new Map<string, string>();
    const pairs: [number, number][] = [];
    let times = new Map<string, number>();
    let events = 0;
    let batch: KnownEvent['row'][] = [];
    for (const { row, duplicateOf } of knownDuplicates({ events: EVENTS, from, to: NOW.getTime() })) {
      const time = Date.parse(row.occurredAt);
      times.set(row.id, time);
      if (duplicateOf !== null) {
        repeats.set(row.id, duplicateOf);
        pairs.push([times.get(duplicateOf) ?? time, time]);
      }
      // All columns in the first row: it tells COPY which there are.
      batch.push({ ...row, count: row.count ?? 1, idempotencyKey: row.idempotencyKey });
      events += 1;
      if (batch.length < ROWS_OF_A_COPY) continue;
      await copyEvents(client, batch);
      batch = [];
      // A group ends before the next batch does, or a few rows into it.
      times = new Map([...times].slice(-10));
    }
    if (batch.length > 0) await copyEvents(client, batch);
    return { events, repeats, pairs };
  } finally {
    await Promise.all([prisma.$disconnect(), client.end()]);
  }
}

const startRun = ({ url }: DatabaseCopy): MeasuredRun =>
  startMeasured([PROCESS, url, NOW.toISOString(), `${HOURS}`, `${WINDOW_ROWS}`], url);

async function untilDone(database: DatabaseCopy) {
  const run = startRun(database);
  const usage = await run.usage;
  if (usage.code !== 0) throw new Error(`The run ended with code ${usage.code}.`);
  return usage;
}

/** Kills a run once half of the hours are done, wherever it is just then. How many marks there are. */
async function killHalfWay(database: DatabaseCopy): Promise<number> {
  const run = startRun(database);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    for (let half = false; !half; ) {
      const { rows } = await client.query<{ half: boolean }>(
        'SELECT coalesce(bool_or(done_to - window_from > (window_to - window_from) / 2), false) AS half FROM deduplication_runs',
      );
      half = rows[0]?.half === true;
    }
    run.kill();
    await run.usage;
    const { rows } = await client.query<{ marks: number }>('SELECT count(*)::int AS marks FROM duplicate_marks');
    return rows[0]?.marks ?? 0;
  } finally {
    await client.end();
  }
}

/** Whether the events that are marked, in props and in the record, are the known ones, and all events are there. */
async function isExactly({ url }: DatabaseCopy, { events, repeats }: Truth): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string; of: string; recorded: string | null }>(
      `SELECT id, props_json->>'_duplicateOf' AS of, duplicate_of AS recorded
       FROM events FULL JOIN duplicate_marks ON event_id = id
       WHERE props_json->'_duplicate' = 'true' OR event_id IS NOT NULL`,
    );
    const stored = await client.query<{ events: number }>('SELECT count(*)::int AS events FROM events');
    const right = rows.filter(({ id, of, recorded }) => repeats.get(id) === of && of === recorded);
    return rows.length === repeats.size && right.length === repeats.size && stored.rows[0]?.events === events;
  } finally {
    await client.end();
  }
}

/** The windows are cut where they were, because the events are the same. */
async function pairsAcrossWindows({ url }: DatabaseCopy, { pairs }: Truth) {
  const prisma = createPrisma({ databaseUrl: url, maxConnections: 2, applicationName: 'tallymark-bench' });
  try {
    const ends: number[] = [];
    const deps = { prisma, now: () => NOW, aggregatedTypes: [AGGREGATED_TYPE] };
    const onWindow = ({ doneTo }: { readonly doneTo: Date }) => ends.push(doneTo.getTime());
    await runDeduplication(deps, HOURS, { windowRows: WINDOW_ROWS, onWindow });
    const across = (border: number) => pairs.filter(([first, last]) => first < border && last >= border).length;
    const month = Date.UTC(NOW.getUTCFullYear(), NOW.getUTCMonth());
    return { windows: ends.slice(0, -1).reduce((sum, end) => sum + across(end), 0), months: across(month) };
  } finally {
    await prisma.$disconnect();
  }
}
