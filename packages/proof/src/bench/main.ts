import { parseArgs } from 'node:util';
import { type Benchmark, printReport, writeReport } from './report.ts';

/** Loaded when asked for, so that no benchmark pays for the imports of another. */
const BENCHMARKS: Record<string, () => Promise<Benchmark>> = {
  store: async () => (await import('./store.ts')).store,
  ingest: async () => (await import('./ingest.ts')).ingest,
  enrich: async () => (await import('./enrich.ts')).enrich,
  dedup: async () => (await import('./dedup.ts')).dedup,
  query: async () => (await import('./query.ts')).query,
  project: async () => (await import('./project.ts')).project,
};

const USAGE = `pnpm bench <${Object.keys(BENCHMARKS).join('|')}> [--json FILE]

  store    rows per second into Postgres: stock Prisma, this project's client and COPY, side by side
  ingest   events per second through the built Next.js server into Postgres, in batches and one by one
  enrich   events per second that a worker enriches, alone and while as many are ingested and flushed
  dedup    a run over a million events with known repeats: exactness, time and memory, killed half-way too
  query    every question over 24 h, 30 days and 12 months of ten million events, and the plans of the slowest
  project  events per second folded into all read models: from the store, anew, and while as many are ingested and enriched

For store and dedup, DATABASE_URL names a server to measure on, in a database that is made for it and dropped; without it an own one is started.`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'string' }, help: { type: 'boolean' } },
  });
  const [name = '', ...rest] = positionals;
  const load = BENCHMARKS[name];
  if (values.help || !load || rest.length > 0) {
    console.log(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const run = await load();
  const report = await run((line) => console.log(line));
  printReport(report);
  if (values.json) await writeReport(values.json, report);
  if (report.targets.some(({ met }) => !met)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
