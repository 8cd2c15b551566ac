import { type EnrichmentBacklogStats, enrichEventJob, JOBS, type JobDefinition } from '@tallymark/contract/jobs';
import { JobsUnavailable } from '@tallymark/redis/job-queue';
import { eventually } from '@tallymark/testing/eventually';
import { startOwnServices } from '@tallymark/testing/services';
import { TRPCError } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { readJobStats } from '../operate/job-stats.ts';
import type { Operations } from '../operate/operations.ts';
import { type IngestionWorld, openWorld, viewed } from '../test-support/ingestion-world.ts';
import { openJobs } from '../test-support/job-world.ts';
import { createJobsRouter } from './jobs.ts';
import { createCallerFactory, router } from './trpc.ts';

const createCaller = createCallerFactory(router({ jobs: createJobsRouter() }));
const NO_BACKLOG: EnrichmentBacklogStats = { waiting: 0, oldestAgeMs: null, parked: 0, reasons: [] };
const NOWHERE = 'redis://127.0.0.1:1';

async function callerFor(world: IngestionWorld, operations: Operations, role: string | null = 'admin') {
  const eventIngestion = await world.service();
  const session = role === null ? null : { userId: 'user-1', role };
  return createCaller({ eventIngestion, requestContext: { session }, operations }).jobs;
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'OK',
    (error: unknown) => (error instanceof TRPCError ? error.code : error),
  );

test('a job that ran out of attempts is seen with its reason, and can be tried again', async () => {
  await using world = await openWorld();
  await using open = await openJobs(world);
  const caller = await callerFor(world, open.operations);
  await open.jobs.queues.compactLogs.upsertSchedule({ everyMs: 3_600_000 });
  let fails = true;
  // The last attempt would otherwise come a quarter of a minute later.
  const hasty = { ...enrichEventJob, backoff: { type: 'exponential', delayMs: 1 } } as const satisfies JobDefinition;
  await open.worker(hasty, async () => {
    if (fails) throw new Error('The store is closed.');
    return {};
  });
  const { id } = await (await open.queue(hasty)).add('enrichEvent', {});
  const queue = async (name: string) => {
    const { queues: all } = await caller.stats();
    expect(all.map((each) => each.name).sort()).toEqual(JOBS.map((each) => each.name).sort());
    return all.find((each) => each.name === name);
  };
  expect(await queue('compactLogs')).toMatchObject({
    waiting: 1,
    nextRunAt: expect.stringMatching(/^20.*Z$/),
    oldestAgeMs: expect.any(Number),
    lastFailure: null,
  });
  await eventually(async () => expect(await queue('enrichEvent')).toMatchObject({ failed: 1 }));
  expect(await queue('enrichEvent')).toEqual({
    name: 'enrichEvent',
    waiting: 0,
    active: 0,
    delayed: 0,
    completed: 0,
    failed: 1,
    oldestAgeMs: null,
    nextRunAt: null,
    lastFailure: { jobId: id, reason: 'The store is closed.', failedAt: expect.stringMatching(/Z$/) },
  });
  fails = false;
  await caller.retryFailedJob({ queue: 'enrichEvent', jobId: id });
  await eventually(async () => expect(await queue('enrichEvent')).toMatchObject({ failed: 0, completed: 1 }));
  expect(await codeOf(caller.retryFailedJob({ queue: 'enrichEvent', jobId: id }))).toBe('NOT_FOUND');
});

test('events that could not be enriched are counted with their reason, and queued again', async () => {
  await using world = await openWorld();
  await using open = await openJobs(world);
  const caller = await callerFor(world, open.operations);
  const service = await world.service();
  await service.ingestBatch([viewed(), viewed()]);
  await service.forceFlush();
  await world.prisma.$executeRaw`
    UPDATE enrichment_backlog SET attempts = 5, failed_at = now(), last_error = 'no such site'
    WHERE event_id = (SELECT min(event_id::text)::uuid FROM enrichment_backlog)`;
  expect((await caller.stats()).enrichment).toEqual({
    waiting: 1,
    oldestAgeMs: expect.any(Number),
    parked: 1,
    reasons: [{ reason: 'no such site', events: 1 }],
  });
  expect(await caller.retryFailedEnrichment()).toEqual({ events: 1 });
  expect((await caller.stats()).enrichment).toMatchObject({ waiting: 2, parked: 0 });
  expect(await open.jobs.enrichEventQueue.getJobCounts()).toMatchObject({ waiting: 1 });
});

test('a search for duplicates is started by hand, and its hours are judged', async () => {
  await using world = await openWorld();
  await using open = await openJobs(world);
  const caller = await callerFor(world, open.operations);
  expect(await caller.runDeduplication({ hours: 48 })).toEqual({ jobId: '1' });
  expect(await codeOf(caller.runDeduplication({ hours: 0 }))).toBe('BAD_REQUEST');
  expect(await open.jobs.queues.deduplicateEvents.getJobCounts()).toMatchObject({ waiting: 1 });
  expect(await caller.deduplicationStats()).toMatchObject({ lastRun: null, running: false, totalMarked: 0 });
});

test('only admins may look and touch', async () => {
  await using world = await openWorld();
  await using open = await openJobs(world);
  for (const [role, code] of [
    [null, 'UNAUTHORIZED'],
    ['user', 'FORBIDDEN'],
  ] as const) {
    const caller = await callerFor(world, open.operations, role);
    const calls = [
      caller.stats(),
      caller.retryFailedEnrichment(),
      caller.retryFailedJob({ queue: 'enrichEvent', jobId: '1' }),
      caller.runDeduplication({ hours: 1 }),
      caller.deduplicationStats(),
    ];
    expect(await Promise.all(calls.map(codeOf))).toEqual(calls.map(() => code));
  }
  expect(await open.jobs.queues.deduplicateEvents.getJobCounts()).toMatchObject({ waiting: 0 });
});

describe('while Redis is away', () => {
  test('whoever asks is told so', async () => {
    await using world = await openWorld();
    await using open = await openJobs(world, NOWHERE);
    const caller = await callerFor(world, open.operations);
    const calls = [caller.stats(), caller.runDeduplication({ hours: 1 })];
    expect(await Promise.all(calls.map(codeOf))).toEqual(['SERVICE_UNAVAILABLE', 'SERVICE_UNAVAILABLE']);
    // What comes from Postgres does not need it.
    expect(await codeOf(caller.deduplicationStats())).toBe('OK');
  });

  test('a frozen one is not waited for', async () => {
    await using own = await startOwnServices({ migrated: false });
    await using world = await openWorld();
    await using open = await openJobs(world, own.redisUrl);
    expect(await open.jobs.ready(10_000)).toBe(true);
    const caller = await callerFor(world, open.operations);
    expect(await codeOf(caller.stats())).toBe('OK');
    own.redis.freeze();
    try {
      const started = performance.now();
      expect(await codeOf(caller.stats())).toBe('SERVICE_UNAVAILABLE');
      expect(performance.now() - started).toBeLessThan(2_000);
    } finally {
      own.redis.resume();
    }
  });

  test('nothing is waited for longer than a second', async () => {
    const backlog = () => new Promise<never>(() => {});
    await expect(readJobStats({ queues: [], backlog })).rejects.toThrow(JobsUnavailable);
  });

  test('an error of Postgres is not taken for one of Redis', async () => {
    const backlog = async () => Promise.reject(new Error('no such table'));
    await expect(readJobStats({ queues: [], backlog })).rejects.toThrow('no such table');
    expect(await readJobStats({ queues: [], backlog: async () => NO_BACKLOG })).toEqual({
      queues: [],
      enrichment: NO_BACKLOG,
    });
  });
});
