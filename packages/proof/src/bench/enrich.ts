import { createJobQueues } from '@tallymark/analytics/operate/job-queues';
import { createPrisma, type PrismaClient } from '@tallymark/prisma/client';
import { insertEvents } from '@tallymark/prisma/stores/insert-events';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import { pino } from 'pino';
import { type IngestStack, startIngestStack } from './ingest-stack.ts';
import { generateLoad } from './load-generator.ts';
import { residentMiB } from './process-usage.ts';
import { atLeast, atMost, type Benchmark, machine } from './report.ts';
import { perEvent, usageOf } from './stack-usage.ts';
import { type Sample, slopeOf, until } from './steady.ts';
import { visits } from './visits.ts';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 300_000);
const BATCH = 1_000;
const SHARDS = 2;
const TARGET_ALONE = 10_000;

const SECONDS = Number(process.env.BENCH_SECONDS ?? 300);
const LOAD = { eventsPerRequest: 50, connections: 10, eventsPerSecond: 5_200 };
const TARGET_TOGETHER = 5_000;
/** A backlog that stands still may still differ from one look to the next by what a batch or two hold. */
const MOST_GROWTH_PER_SECOND = 50;
const SAMPLE_MS = 5_000;

/** Events a second that the worker process enriches: from a full backlog, and in step with ingest and flush. */
export const enrich: Benchmark = async (note) => {
  const alone = await measureAlone(note);
  const together = await measureTogether(note);
  return {
    name: 'enrich',
    table: [
      { mode: 'enrichment alone', ...alone },
      { mode: 'ingest, flush, enrichment', ...together.row },
    ],
    targets: [
      atLeast('enriched a second, alone', alone['enriched/s'], TARGET_ALONE),
      atLeast('ingested, flushed and enriched a second, together', together.row['enriched/s'], TARGET_TOGETHER),
      atMost('growth of the backlog, events a second', together.growth, MOST_GROWTH_PER_SECOND),
      atLeast('every stored event enriched at the end (1 is yes)', together.complete ? 1 : 0, 1),
    ],
    conditions: { ...machine(), events: EVENTS, seconds: SECONDS, batch: BATCH, sessions: 'about 15 events each' },
  };
};

async function measureAlone(note: (line: string) => void) {
  await using stack = await startIngestStack({ worker: false });
  await using open = openStore(stack);
  const { prisma } = open;
  await ensurePartitions(prisma, [new Date()]);
  note(`storing ${EVENTS.toLocaleString('en')} events`);
  // A batch is of one shard, as a flush leaves it.
  const shards = Array.from({ length: SHARDS }, (_, shard) => visits(new Date(), shard));
  const batches: string[][] = [];
  while (batches.length * BATCH < EVENTS) {
    for (const shard of shards) {
      const rows = Array.from({ length: BATCH }, () => shard.next().value);
      batches.push(await insertEvents(prisma, rows, { skipDuplicates: true }));
    }
  }
  await addAssets(prisma);
  // What autovacuum does sooner or later, and a fresh table has not seen yet.
  await prisma.$executeRaw`VACUUM ANALYZE`;
  await open.queue.addBulk(
    'enrichEvent',
    batches.map((eventIds) => ({ eventIds })),
  );
  note('enriching them');
  const before = usageOf(stack);
  await stack.startWorker();
  await until(async () => (await prisma.enrichmentBacklog.count()) === 0);
  const cpu = perEvent(before, usageOf(stack), EVENTS);
  const { _min, _max, _count } = await prisma.attribution.aggregate({
    _min: { createdAt: true },
    _max: { createdAt: true },
    _count: true,
  });
  if (_count !== EVENTS) throw new Error(`${_count} of ${EVENTS} events were enriched.`);
  const seconds = (Number(_max.createdAt) - Number(_min.createdAt)) / 1_000;
  return {
    'enriched/s': EVENTS / seconds,
    'backlog at the end': 0,
    'worker MiB': residentMiB(stack.pids.worker),
    ...cpu,
  };
}

async function measureTogether(note: (line: string) => void) {
  await using stack = await startIngestStack();
  await using open = openStore(stack);
  const { prisma } = open;
  await generateLoad({ ...LOAD, port: stack.port, seconds: 10 });
  await until(async () => (await prisma.enrichmentBacklog.count()) === 0);
  const enrichedBefore = await prisma.attribution.count();
  note(`${LOAD.eventsPerSecond.toLocaleString('en')} events/s for ${SECONDS} s`);
  const before = usageOf(stack);
  const samples: Sample[] = [];
  const started = performance.now();
  const sampler = setInterval(async () => {
    const backlog = await prisma.enrichmentBacklog.count();
    samples.push({ seconds: (performance.now() - started) / 1_000, value: backlog });
  }, SAMPLE_MS);
  const { accepted, seconds, failed, ackMs } = await generateLoad({ ...LOAD, port: stack.port, seconds: SECONDS });
  clearInterval(sampler);
  const enriched = (await prisma.attribution.count()) - enrichedBefore;
  const cpu = perEvent(before, usageOf(stack), accepted);
  const memory = residentMiB(stack.pids.worker);
  await until(async () => (await prisma.enrichmentBacklog.count()) === 0);
  const [events, attribution] = await Promise.all([prisma.event.count(), prisma.attribution.count()]);
  // The first fifth is the filling of caches and of the pipeline itself.
  const steady = samples.slice(Math.floor(samples.length / 5));
  return {
    growth: slopeOf(steady),
    complete: events === attribution,
    row: {
      'enriched/s': enriched / seconds,
      'backlog at the end': samples.at(-1)?.value ?? Number.NaN,
      'worker MiB': memory,
      ...cpu,
      'acknowledged/s': accepted / seconds,
      'ack p99 ms': ackMs.p99,
      failed,
    },
  };
}

function openStore({ databaseUrl, redisUrl }: IngestStack) {
  const prisma = createPrisma({ databaseUrl, maxConnections: 3, applicationName: 'tallymark-bench' });
  const jobs = createJobQueues({
    settings: {
      REDIS_URL: redisUrl,
      REDIS_PREFIX: 'tallymark',
      TRACKING_DEDUPLICATION_CRON: '0 2 * * *',
      TRACKING_TIME_ZONE: 'UTC',
    },
    // No search for duplicates is asked about here.
    deduplication: { getDeduplicationStats: () => Promise.reject(new Error('Not measured.')) },
    log: pino({ level: 'silent' }),
    name: 'tallymark-bench',
  });
  return {
    prisma,
    queue: jobs.enrichEventQueue,
    [Symbol.asyncDispose]: async () => {
      await jobs.close();
      await prisma.$disconnect();
    },
  } satisfies { prisma: PrismaClient } & Record<PropertyKey, unknown>;
}

/** The assets that the events happened to: their snapshots are read. */
async function addAssets(prisma: PrismaClient): Promise<void> {
  const { id: ownerId } = await prisma.user.create({ data: { name: 'Owner', email: 'owner@studio.example' } });
  const named = await prisma.event.findMany({ distinct: ['entityId'], select: { entityId: true } });
  const asset = {
    title: 'Harbour at dawn',
    assetType: 'image',
    mimeType: 'image/jpeg',
    fileSize: 1,
    priceCents: 1_900,
  };
  await prisma.ipAsset.createMany({
    data: named.flatMap(({ entityId }) => (entityId ? [{ ...asset, id: entityId, ownerId }] : [])),
  });
}
