import { fileURLToPath } from 'node:url';
import { viewed } from '@tallymark/analytics/test-support/ingestion-world';
import { createPrisma } from '@tallymark/prisma/client';
import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { handlers } from './handlers.ts';
import { startChild } from './test-support/child-process.ts';
import { openWorkers } from './test-support/worker-world.ts';

const ENRICHING_WORKER = fileURLToPath(new URL('./test-support/enriching-worker.ts', import.meta.url));
const EVENTS = 300;

const recent = (n: number) =>
  viewed({ sessionId: `session-${n % 9}`, occurredAt: new Date(Date.now() - 60_000 + n * 10).toISOString() });

test('a worker is killed twice on one job: every event is enriched, once', { timeout: 60_000 }, async () => {
  await using world = await openWorkers();
  const { services } = world.services();
  await services.eventIngestion.start();
  await services.eventIngestion.ingestBatch(Array.from({ length: EVENTS }, (_, n) => recent(n)));
  // Another connection holds what enrichment writes to, so that a worker gets as far as it can without committing.
  const { DATABASE_URL = '' } = world.environment;
  const other = createPrisma({ databaseUrl: DATABASE_URL, maxConnections: 1, applicationName: 'holder' });
  try {
    await other.$transaction(
      async (tx) => {
        await tx.$executeRaw`LOCK TABLE attribution IN ACCESS EXCLUSIVE MODE`;
        await services.eventIngestion.forceFlush();
        for (let kill = 0; kill < 2; kill += 1) {
          await using worker = startChild(ENRICHING_WORKER, { ...world.environment, LOG_LEVEL: 'debug' });
          await worker.untilWritten('job started');
          await worker.end('SIGKILL');
        }
      },
      { timeout: 50_000 },
    );
  } finally {
    await other.$disconnect();
  }
  expect(await services.prisma.attribution.count()).toBe(0);
  await using _last = startChild(ENRICHING_WORKER, { ...world.environment, LOG_LEVEL: 'debug' });
  await eventually(async () => expect(await services.prisma.enrichmentBacklog.count()).toBe(0), { timeoutMs: 20_000 });
  const enriched = await services.prisma.eventLog.findMany({ where: { kind: 'enriched' } });
  const ids = enriched.flatMap(({ eventIds }) => eventIds);
  const stored = (await services.prisma.event.findMany({ select: { id: true } })).map(({ id }) => id);
  expect(ids.sort()).toEqual(stored.sort());
  expect(await services.prisma.attribution.count()).toBe(EVENTS);
});

test('a job of one event, as a host adds it, is enriched', async () => {
  await using world = await openWorkers();
  const { services } = await world.start({ schedules: [], handlers: { enrichEvent: handlers.enrichEvent } });
  await services.eventIngestion.start();
  const { id } = await services.prisma.event.create({ data: { eventType: 'anything', propsJson: { userAgent: 'x' } } });
  await services.jobs.enrichEventQueue.add('enrichEvent', { eventId: id });
  await eventually(async () => expect(await services.prisma.attribution.count()).toBe(1));
});

test('what no job was added for is swept up', async () => {
  await using world = await openWorkers();
  const { services } = await world.start({
    schedules: [{ job: 'sweepUnenriched', schedule: { everyMs: 200 } }],
    handlers: { enrichEvent: handlers.enrichEvent, sweepUnenriched: handlers.sweepUnenriched },
  });
  await services.eventIngestion.start();
  const { id } = await services.prisma.event.create({ data: { eventType: 'anything', propsJson: {} } });
  expect(await services.prisma.enrichmentBacklog.count()).toBe(1);
  const stored = new Date(Date.now() - 120_000);
  await services.prisma.enrichmentBacklog.update({ where: { eventId: id }, data: { storedAt: stored } });
  await eventually(async () => expect(await services.prisma.attribution.count()).toBe(1));
});
