import { ProjectionAdmin } from '@tallymark/analytics/project/admin';
import { ProjectionService } from '@tallymark/analytics/project/service';
import { demoPlan } from '@tallymark/contract/demo-plan';
import { createPrisma, type PrismaClient } from '@tallymark/prisma/client';
import { migrate } from '@tallymark/prisma/migrate';
import { pino } from 'pino';
import { isUpToDate } from './folded.ts';
import { historyPlan } from './history-plan.ts';
import { startIngestStack } from './ingest-stack.ts';
import { generateLoad } from './load-generator.ts';
import { loadHistory } from './load-history.ts';
import { residentMiB } from './process-usage.ts';
import { atLeast, atMost, type Benchmark, machine } from './report.ts';
import { perEvent, usageOf } from './stack-usage.ts';
import { type Sample, slopeOf, until } from './steady.ts';
import { throwawayDatabase } from './throwaway-database.ts';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 1_000_000);
const HISTORY = { from: new Date('2026-08-01T00:00:00Z'), days: 92, visitors: 60_000, seed: 7 };
const CONNECTIONS = 4;
/** The read model with the most rows. */
const REBUILT = 'entities';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 300);
const LOAD = { eventsPerRequest: 50, connections: 10, eventsPerSecond: 3_200 };
const TARGET_TOGETHER = 3_000;
const MOST_GROWTH_PER_SECOND = 50;
const SAMPLE_MS = 5_000;

/** Events a second that are folded into all read models: from a full store, anew, and in step with everything before. */
export const project: Benchmark = async (note) => {
  const alone = await measureAlone(note);
  const together = await measureTogether(note);
  return {
    name: 'project',
    table: [
      { mode: 'folded from the store', 'events/s': alone.folded, seconds: alone.seconds },
      {
        mode: 'rebuilt: facts compared, folded aside, swapped',
        'events/s': alone.rebuilt,
        seconds: alone.rebuildSeconds,
      },
      { mode: 'ingest, flush, enrichment, projections', 'events/s': together.perSecond, seconds: together.seconds },
    ],
    targets: [
      atLeast('ingested, flushed, enriched and folded a second, together', together.perSecond, TARGET_TOGETHER),
      atMost('growth of what is not folded, events a second', together.growth, MOST_GROWTH_PER_SECOND),
      atLeast('every stored event counted at the end (1 is yes)', together.complete ? 1 : 0, 1),
      atMost('rows that the rebuild found different', alone.differences, 0),
    ],
    conditions: { ...machine(), events: alone.events, seconds: SECONDS, ...together.conditions },
  };
};

async function measureAlone(note: (line: string) => void) {
  await using database = await throwawayDatabase();
  await migrate(database.url);
  note(`loading ${EVENTS.toLocaleString('en')} events`);
  const events = await loadHistory(database.url, { ...HISTORY, events: EVENTS }, note);
  const prisma = createPrisma({
    databaseUrl: database.url,
    maxConnections: CONNECTIONS + 1,
    applicationName: 'tallymark-bench',
  });
  const service = new ProjectionService({ prisma, plan: historyPlan, log: pino({ level: 'warn' }), pollMs: 50 });
  const admin = new ProjectionAdmin({ prisma, plan: historyPlan });
  try {
    note('folding them');
    let started = performance.now();
    service.start();
    await until(async () => (await countedEvents(prisma)) === events && (await isUpToDate(admin)));
    const seconds = (performance.now() - started) / 1_000;
    note(`rebuilding ${REBUILT}, the largest`);
    started = performance.now();
    await admin.rebuild(REBUILT);
    await until(async () => (await admin.rebuilds()).every(({ finishedAt }) => finishedAt !== null));
    const rebuildSeconds = (performance.now() - started) / 1_000;
    const rebuilds = await admin.rebuilds();
    if (rebuilds.some(({ phase }) => phase !== 'done')) throw new Error(JSON.stringify(rebuilds, null, 2));
    const differences = rebuilds.reduce((sum, { rowsDiffer }) => sum + rowsDiffer, 0);
    return { events, seconds, folded: events / seconds, rebuildSeconds, rebuilt: events / rebuildSeconds, differences };
  } finally {
    await service.stop();
    await prisma.$disconnect();
  }
}

async function measureTogether(note: (line: string) => void) {
  await using stack = await startIngestStack();
  const prisma = createPrisma({
    databaseUrl: stack.databaseUrl,
    maxConnections: 2,
    applicationName: 'tallymark-bench',
  });
  const admin = new ProjectionAdmin({ prisma, plan: demoPlan });
  try {
    await generateLoad({ ...LOAD, port: stack.port, seconds: 10 });
    await until(async () => (await countedEvents(prisma)) === (await prisma.event.count()));
    const countedBefore = await countedEvents(prisma);
    note(`${LOAD.eventsPerSecond.toLocaleString('en')} events/s for ${SECONDS} s`);
    const before = usageOf(stack);
    const samples: Sample[] = [];
    const started = performance.now();
    const sampler = setInterval(async () => {
      const value = (await prisma.event.count()) - (await countedEvents(prisma));
      samples.push({ seconds: (performance.now() - started) / 1_000, value });
    }, SAMPLE_MS);
    const { accepted, seconds, failed, ackMs } = await generateLoad({ ...LOAD, port: stack.port, seconds: SECONDS });
    clearInterval(sampler);
    const counted = (await countedEvents(prisma)) - countedBefore;
    const cpu = perEvent(before, usageOf(stack), accepted);
    const memory = residentMiB(stack.pids.worker);
    await until(
      async () => (await countedEvents(prisma)) === (await prisma.event.count()) && (await isUpToDate(admin)),
    );
    const events = await prisma.event.count();
    return {
      perSecond: counted / seconds,
      seconds,
      // The first fifth is the filling of caches and of the pipeline itself.
      growth: slopeOf(samples.slice(Math.floor(samples.length / 5))),
      complete: events === (await countedEvents(prisma)),
      conditions: {
        'ack p99 ms': Math.round(ackMs.p99),
        failed,
        'worker MiB': Math.round(memory),
        ...Object.fromEntries(Object.entries(cpu).map(([name, micros]) => [name, Math.round(micros)])),
      },
    };
  } finally {
    await prisma.$disconnect();
  }
}

async function countedEvents(prisma: PrismaClient): Promise<number> {
  const { _sum } = await prisma.siteCount.aggregate({ _sum: { stored: true } });
  return Number(_sum.stored ?? 0);
}
