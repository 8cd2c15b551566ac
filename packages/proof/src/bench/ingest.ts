import pg from 'pg';
import { type IngestStack, startIngestStack } from './ingest-stack.ts';
import { generateLoad, type Load, type LoadResult } from './load-generator.ts';
import { cpuSeconds, residentMiB } from './process-usage.ts';
import { atLeast, atMost, type Benchmark, machine } from './report.ts';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 30);
const WARM_UP_SECONDS = 5;
const DRAIN_MS = 60_000;

const PHASES = [
  { name: 'batches of 50', eventsPerRequest: 50, connections: 10, target: 10_000 },
  { name: 'one event a request', eventsPerRequest: 1, connections: 32, target: 1_000 },
];
const LONGEST_P99_MS = 150;
/** How much more memory the web process may hold in the last third of a phase than in the second. */
const FLAT_MEMORY_RATIO = 1.25;

interface Measured {
  readonly name: string;
  readonly target: number;
  readonly load: LoadResult;
  /** Rows that were there when the load ended; the rest is flushed within the flush interval. */
  readonly stored: number;
  readonly cpu: Readonly<Record<string, number>>;
  readonly memoryRatio: number;
  readonly memoryMiB: number;
}

/** Events a second from HTTP request to row, everything on one machine: load generator, web, worker, Redis, Postgres. */
export const ingest: Benchmark = async (note) => {
  note('starting Postgres, Redis, the built Next.js server and the worker');
  // What ingest and flush hold by themselves; `bench enrich` measures all three together.
  await using stack = await startIngestStack({ settings: { TRACKING_ENABLE_ENRICHMENT: 'false' } });
  const database = new pg.Client({ connectionString: stack.databaseUrl });
  await database.connect();
  try {
    note(`warming up for ${WARM_UP_SECONDS} s`);
    let acknowledged = 0;
    for (const phase of PHASES) {
      const { accepted } = await generateLoad({ ...phase, port: stack.port, seconds: WARM_UP_SECONDS / PHASES.length });
      acknowledged += accepted;
    }
    await drained(database, acknowledged);
    const measured: Measured[] = [];
    for (const phase of PHASES) {
      note(`${phase.name}: ${SECONDS} s over ${phase.connections} connections`);
      const before = acknowledged;
      const result = await measure(stack, database, { ...phase, port: stack.port, seconds: SECONDS }, before);
      acknowledged += result.load.accepted;
      measured.push({ ...result, name: phase.name, target: phase.target });
    }
    return report(measured, await ledger(database, acknowledged));
  } finally {
    await database.end();
  }
};

async function measure(stack: IngestStack, database: pg.Client, load: Load, before: number) {
  const usage = () => [
    ['generator', process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6] as const,
    ...Object.entries(stack.pids).map(([name, pid]) => [name, cpuSeconds(pid)] as const),
  ];
  const used = new Map(usage());
  const memory: number[] = [];
  const sampler = setInterval(() => memory.push(residentMiB(stack.pids.web)), 500);
  const result = await generateLoad(load);
  const stored = (await countRows(database)) - before;
  await drained(database, before + result.accepted);
  clearInterval(sampler);
  const perEvent = usage().map(([name, total]) => [name, ((total - (used.get(name) ?? 0)) * 1e6) / result.accepted]);
  const third = Math.floor(memory.length / 3);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    load: result,
    stored,
    cpu: Object.fromEntries(perEvent),
    memoryMiB: Math.max(...memory),
    memoryRatio: mean(memory.slice(-third)) / mean(memory.slice(third, 2 * third)),
  };
}

/** Waits until the flusher has stored all acknowledged events. */
async function drained(database: pg.Client, rows: number): Promise<void> {
  const deadline = performance.now() + DRAIN_MS;
  for (;;) {
    const {
      rows: [checkpoints],
    } = await database.query<{ stored: string }>('SELECT coalesce(sum(stored), 0) AS stored FROM ingest_checkpoints');
    if (Number(checkpoints?.stored) >= rows || performance.now() > deadline) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function countRows(database: pg.Client): Promise<number> {
  const { rows } = await database.query<{ count: string }>('SELECT count(*) AS count FROM events');
  return Number(rows[0]?.count);
}

/** Whether what the client was told and what the server counted and stored is the same. */
async function ledger(database: pg.Client, acknowledged: number) {
  const {
    rows: [sums],
  } = await database.query<Record<string, string>>(
    `SELECT sum(received) AS received, sum(accepted) AS accepted, sum(stored) AS stored, sum(merged) AS merged,
            sum(dead_lettered) AS dead, (SELECT count(*) FROM events) AS rows,
            (SELECT count(DISTINCT idempotency_key) FROM events) AS keys
     FROM ingest_checkpoints`,
  );
  const { received, accepted, stored, merged, dead, rows, keys } = Object.fromEntries(
    Object.entries(sums ?? {}).map(([column, value]) => [column, Number(value)]),
  );
  const balanced =
    [received, accepted, stored, rows, keys].every((n) => n === acknowledged) && merged === 0 && dead === 0;
  return { acknowledged, rows: rows ?? 0, balanced };
}

function report(measured: readonly Measured[], { acknowledged, rows, balanced }: Awaited<ReturnType<typeof ledger>>) {
  const perSecond = ({ stored, load }: Measured) => stored / load.seconds;
  return {
    name: 'ingest',
    table: measured.map((phase) => ({
      mode: phase.name,
      'requests/s': phase.load.requests / phase.load.seconds,
      'acknowledged/s': phase.load.accepted / phase.load.seconds,
      'stored/s': perSecond(phase),
      'ack p50 ms': phase.load.ackMs.p50,
      'ack p99 ms': phase.load.ackMs.p99,
      failed: phase.load.failed,
      'web MiB': phase.memoryMiB,
      ...Object.fromEntries(Object.entries(phase.cpu).map(([name, micros]) => [`${name} µs/ev`, micros])),
    })),
    targets: [
      ...measured.flatMap((phase) => [
        atLeast(`${phase.name}: events stored a second`, perSecond(phase), phase.target),
        atMost(`${phase.name}: p99 of the acknowledgement in ms`, phase.load.ackMs.p99, LONGEST_P99_MS),
        atMost(`${phase.name}: memory of the web process, last third to second`, phase.memoryRatio, FLAT_MEMORY_RATIO),
        atMost(`${phase.name}: failed requests`, phase.load.failed, 0),
      ]),
      atLeast('acknowledged events, each stored once, ledger balanced (1 is yes)', balanced ? 1 : 0, 1),
    ],
    conditions: {
      ...machine(),
      seconds: SECONDS,
      acknowledged,
      rows,
      redis: 'appendfsync always',
      postgres: 'fsync on',
    },
  };
}
