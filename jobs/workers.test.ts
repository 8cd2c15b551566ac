import { fileURLToPath } from 'node:url';
import { eventually } from '@tallymark/testing/eventually';
import { describe, expect, test } from 'vitest';
import { handlers } from './handlers.ts';
import type { HandlerTable } from './job-handler.ts';
import { keepSchedules } from './keep-schedules.ts';
import { schedulesOf } from './schedules.ts';
import { startChild } from './test-support/child-process.ts';
import { openWorkers, type WorkerWorld } from './test-support/worker-world.ts';

const HOLDING_WORKER = fileURLToPath(new URL('./test-support/holding-worker.ts', import.meta.url));
const EVENT_ID = '00000000-0000-7000-8000-000000000009';
const REDIS_READY_MS = 5_000;
const TIMING = { lockMs: 600, stalledCheckMs: 200 };

const schedulers = async ({ redis, environment }: WorkerWorld) => {
  const keys = await redis.keys(`${environment.REDIS_PREFIX}:jobs:*:repeat`);
  const counts = await Promise.all(keys.map((key) => redis.zcard(key.slice(`${environment.REDIS_PREFIX}:`.length))));
  return { jobs: keys.map((key) => key.split(':').at(-2)).sort(), counts };
};

describe('schedules', () => {
  test('of processes that start together exist once, and have one run a turn', async () => {
    await using world = await openWorkers();
    const runs: string[] = [];
    const count: HandlerTable = {
      keepPartitions: handlers.keepPartitions,
      compactLogs:
        async () =>
        async (_, { log }) => {
          runs.push(String(log.bindings().job));
          return {};
        },
    };
    const schedules = schedulesOf(world.services().settings).map((scheduled) =>
      scheduled.job === 'compactLogs' ? { ...scheduled, schedule: { everyMs: 200 } } : scheduled,
    );
    await Promise.all([1, 2, 3].map(() => world.start({ handlers: count, schedules })));
    await eventually(() => expect(runs.length).toBeGreaterThan(5));
    // Only what somebody works on is scheduled.
    expect(await schedulers(world)).toEqual({ jobs: ['compactLogs', 'keepPartitions'], counts: [1, 1] });
    const done = world.lines.filter(({ msg, job }) => msg === 'job done' && job === 'compactLogs');
    const turns = done.map(({ correlationId }) => correlationId);
    expect(turns.length).toBeGreaterThan(5);
    expect(new Set(turns).size).toBe(turns.length);
  });

  test('switched off they are gone from Redis, and lost there they are made again', async () => {
    await using world = await openWorkers();
    const { settings, services } = world.services();
    await services.jobs.ready(REDIS_READY_MS);
    const all = { jobs: services.jobs, isWorkedOn: () => true, log: services.log };
    await (await keepSchedules({ ...all, schedules: schedulesOf(settings) }))();
    expect((await schedulers(world)).jobs).toContain('applyRetention');
    const off = schedulesOf({ ...settings, TRACKING_AUTO_CLEANUP_ENABLED: false });
    const stop = await keepSchedules({ ...all, schedules: off, lookEveryMs: 50 });
    try {
      const { jobs } = await schedulers(world);
      expect(jobs.length).toBe(off.length - 1);
      expect(jobs).not.toContain('applyRetention');
      const keys = await world.redis.keys(`${settings.REDIS_PREFIX}:jobs:*`);
      await world.redis.unlink(...keys.map((key) => key.slice(settings.REDIS_PREFIX.length + 1)));
      await eventually(async () => expect((await schedulers(world)).jobs).toEqual(jobs));
      // What is due at the start is not due again.
      expect((await services.jobs.queues.keepPartitions.getJobCounts()).waiting).toBe(1);
    } finally {
      await stop();
    }
  });
});

test('what a job logs carries its id, its counts and how long it took; a failure says whether it is tried again', async () => {
  await using world = await openWorkers();
  const hours: unknown[] = [];
  const { services } = await world.start({
    schedules: [],
    handlers: {
      deduplicateEvents:
        async () =>
        async (payload, { log }) => {
          hours.push(payload.hours);
          log.info('inside');
          return { marked: 3 };
        },
      enrichEvent: async () => async () => {
        throw new Error('The store is closed.');
      },
    },
  });
  const { jobId } = await services.jobs.runImmediateDeduplication(48);
  await services.jobs.enrichEventQueue.add('enrichEvent', { eventIds: [EVENT_ID] });
  const line = (msg: string) => eventually(() => world.lines.find((logged) => logged.msg === msg));
  const common = { job: 'deduplicateEvents', correlationId: jobId };
  expect(await line('inside')).toMatchObject(common);
  expect(await line('job done')).toMatchObject({
    ...common,
    attempt: 1,
    counts: { marked: 3 },
    ms: expect.any(Number),
  });
  expect(hours).toEqual([48]);
  expect(await line('job failed and is tried again')).toMatchObject({
    job: 'enrichEvent',
    correlationId: '1',
    attempt: 1,
    willRetry: true,
    err: { message: 'The store is closed.' },
  });
  await expect(services.jobs.runImmediateDeduplication(0)).rejects.toThrow();
});

test('enrichment runs as many jobs at the same time as the settings say, 5 by default', async () => {
  await using world = await openWorkers();
  const enrichOnly = { schedules: [], handlers: { enrichEvent: async () => async () => ({}) } };
  expect((await world.start(enrichOnly)).enrichEventWorker?.concurrency).toBe(5);
  const { enrichEventWorker } = await world.start(enrichOnly, { TRACKING_ENRICHMENT_CONCURRENCY: '2' });
  expect(enrichEventWorker?.concurrency).toBe(2);
});

describe('the end of a process', () => {
  test('waits for the job under way, and leaves no connection', async () => {
    await using world = await openWorkers();
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { services, ...workers } = await world.start({
      schedules: [],
      handlers: {
        enrichEvent: async () => async () => {
          await released;
          return {};
        },
      },
    });
    const queue = services.jobs.enrichEventQueue;
    await queue.add('enrichEvent', {});
    await eventually(async () => expect(await queue.getJobCounts()).toMatchObject({ active: 1 }));
    const ending = workers.shutdownGracefully(20_000);
    release();
    expect(await ending).toBe(true);
    expect(await queue.getJobCounts()).toMatchObject({ completed: 1, active: 0 });
    await services.close();
    await eventually(async () => {
      const clients = String(await world.redis.client('LIST')).split('\n');
      const ours = clients.filter((client) => client.includes(world.environment.REDIS_PREFIX ?? ''));
      // The one that asks.
      return ours.length === 1;
    });
  });

  test('by SIGKILL, twice on one job: the third worker gets it done, once, and no attempt was counted', async () => {
    await using world = await openWorkers();
    const { services } = world.services();
    await services.jobs.ready(REDIS_READY_MS);
    const queue = services.jobs.enrichEventQueue;
    await queue.add('enrichEvent', { eventIds: [EVENT_ID] });
    for (let death = 0; death < 2; death += 1) {
      await using child = startChild(HOLDING_WORKER, world.environment);
      await child.untilWritten('holding the job');
      expect(await child.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
    }
    const enriched: unknown[] = [];
    await world.start({
      schedules: [],
      timing: TIMING,
      handlers: {
        enrichEvent:
          async () =>
          async ({ eventIds }) => {
            enriched.push(eventIds);
            return {};
          },
      },
    });
    await eventually(async () => expect(await queue.getJobCounts()).toMatchObject({ completed: 1 }));
    expect(await queue.getJobCounts()).toMatchObject({ failed: 0, waiting: 0, active: 0, delayed: 0 });
    expect(enriched).toEqual([[EVENT_ID]]);
    expect(world.lines.filter(({ msg }) => msg === 'job done')).toMatchObject([{ attempt: 1 }]);
    expect(world.lines.filter(({ msg }) => String(msg).startsWith('job lost its worker'))).toHaveLength(1);
  }, 60_000);
});
