import { demoPlan } from '@tallymark/contract/demo-plan';
import { enrichEventJob } from '@tallymark/contract/jobs';
import { JobsUnavailable } from '@tallymark/redis/job-queue';
import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { EventIngestionService } from '../ingest/service.ts';
import { type IngestionWorld, LOG, manyViewed, openWorld } from '../test-support/ingestion-world.ts';
import { openJobs } from '../test-support/job-world.ts';
import type { JobQueues } from './job-queues.ts';

const NOWHERE = 'redis://127.0.0.1:1';

function serviceWith({ prisma, redis, clock }: IngestionWorld, jobs: JobQueues) {
  return new EventIngestionService(prisma, redis, jobs.enrichEventQueue, {
    plan: demoPlan,
    hashSalt: 'salt of the tests',
    log: LOG,
    now: () => clock.now,
    runFlusher: false,
  });
}

test('what a flush stores is handed to the workers, by its ids', async () => {
  await using world = await openWorld();
  await using open = await openJobs(world);
  const service = serviceWith(world, open.jobs);
  const receipts = await service.ingestBatch(manyViewed(20));
  expect(await service.forceFlush()).toEqual({ complete: true, remaining: 0 });
  const handed: string[] = [];
  await open.worker(enrichEventJob, async ({ eventIds = [] }: { eventIds?: string[] }) => {
    handed.push(...eventIds);
    return {};
  });
  const stored = receipts.map((receipt) => ('id' in receipt ? receipt.id : receipt.status));
  await eventually(() => expect(handed.toSorted()).toEqual(stored.toSorted()));
});

test('while the queues cannot be reached, flushes go on', async () => {
  await using world = await openWorld();
  await using open = await openJobs(world, NOWHERE);
  await expect(open.jobs.enrichEventQueue.add('enrichEvent', {})).rejects.toThrow(JobsUnavailable);
  const service = serviceWith(world, open.jobs);
  await service.ingestBatch(manyViewed(20));
  expect(await service.forceFlush()).toEqual({ complete: true, remaining: 0 });
  expect(await world.prisma.event.count()).toBe(20);
});

test('the nightly search is scheduled once, at two o’clock', async () => {
  await using world = await openWorld();
  await using one = await openJobs(world);
  await using two = await openJobs(world);
  await Promise.all([one, two].map(({ jobs }) => jobs.scheduleNightlyDeduplication()));
  const queue = one.jobs.queues.deduplicateEvents;
  expect((await queue.nextRunAt())?.toISOString()).toMatch(/T02:00:00\.000Z$/);
  expect(await queue.getJobCounts()).toMatchObject({ delayed: 1, waiting: 0 });
});
