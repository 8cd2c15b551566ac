import type { JobDefinition } from '@tallymark/contract/jobs';
import { enrichEventJob } from '@tallymark/contract/jobs';
import { eventually } from '@tallymark/testing/eventually';
import { startOwnServices } from '@tallymark/testing/services';
import { describe, expect, test } from 'vitest';
import { connectJobWorkers, disconnectJobs } from './job-connection.ts';
import { JobWorker } from './job-worker.ts';
import { openJobs } from './test-support/job-world.ts';

const job = { ...enrichEventJob, attempts: 1 } as const satisfies JobDefinition;
const DEADLINE_MS = 20_000;

/** Work that goes on until it is released. */
function held() {
  const begun: string[] = [];
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const work = async (_: unknown, { jobId }: { jobId: string }) => {
    begun.push(jobId);
    await released;
    return { done: true };
  };
  return { begun, release, work };
}

describe('closing', () => {
  test('waits for the job under way and takes no other', async () => {
    await using world = await openJobs();
    const queue = await world.queue(job);
    const { begun, release, work } = held();
    const worker = await world.worker(job, work);
    const first = await queue.add('enrichEvent', {});
    await eventually(() => expect(begun).toEqual([first.id]));
    let closed: boolean | undefined;
    const closing = worker.close(DEADLINE_MS).then((inTime) => {
      closed = inTime;
    });
    await queue.add('enrichEvent', {});
    await eventually(async () => expect(await queue.getJobCounts()).toMatchObject({ active: 1, waiting: 1 }));
    expect(closed).toBeUndefined();
    release();
    await closing;
    expect(closed).toBe(true);
    expect(begun).toEqual([first.id]);
    expect(await queue.getJobCounts()).toMatchObject({ completed: 1, active: 0, waiting: 1 });
  });

  test('gives up at the deadline, and another worker takes the job up', async () => {
    await using world = await openJobs();
    const queue = await world.queue(job);
    const { begun, release, work } = held();
    const timing = { lockMs: 500, stalledCheckMs: 250 };
    const connection = world.workers();
    const worker = await world.worker(job, work, { ...timing, connection });
    const { id } = await queue.add('enrichEvent', {});
    await eventually(() => expect(begun).toEqual([id]));
    expect(await worker.close(50)).toBe(false);
    // As the end of the process does.
    disconnectJobs(connection);
    const stalled: string[] = [];
    const runs: unknown[] = [];
    await world.worker(
      job,
      async (_, { jobId, attempt }) => {
        runs.push({ jobId, attempt });
        return {};
      },
      { ...timing, onStalled: (jobId) => stalled.push(jobId) },
    );
    await eventually(() => expect(runs).toEqual([{ jobId: id, attempt: 1 }]));
    expect(stalled).toEqual([id]);
    release();
    await eventually(async () => expect(await queue.getJobCounts()).toMatchObject({ completed: 1, failed: 0 }));
  });

  test('a job that minds the signal goes back to the queue, and the attempt does not count', async () => {
    await using world = await openJobs();
    const queue = await world.queue(job);
    const begun: string[] = [];
    const worker = await world.worker(job, async (_, { jobId, signal }) => {
      begun.push(jobId);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      signal.throwIfAborted();
      return {};
    });
    const { id } = await queue.add('enrichEvent', {});
    await eventually(() => expect(begun).toEqual([id]));
    expect(await worker.close(DEADLINE_MS)).toBe(true);
    expect(await queue.getJobCounts()).toMatchObject({ waiting: 1, active: 0, failed: 0 });
    const attempts: number[] = [];
    await world.worker(job, async (_, { attempt }) => {
      attempts.push(attempt);
      return {};
    });
    await eventually(() => expect(attempts).toEqual([1]));
  });
});

test('works on as many jobs at the same time as it is told', async () => {
  await using world = await openJobs();
  const queue = await world.queue(job);
  const { begun, release, work } = held();
  const worker = await world.worker(job, work, { concurrency: 5 });
  expect(worker.concurrency).toBe(5);
  await queue.addBulk('enrichEvent', Array(7).fill({}));
  await eventually(async () => expect(await queue.getJobCounts()).toMatchObject({ active: 5, waiting: 2 }));
  expect(begun.length).toBe(5);
  release();
  await eventually(async () => expect(await queue.getJobCounts()).toMatchObject({ completed: 7 }));
});

test('no connection is left behind', async () => {
  await using world = await openJobs();
  const clients = async () => {
    const list = await world.redis.client('LIST');
    const others = String(list)
      .split('\n')
      .filter((line) => line.includes(world.prefix));
    // The one that asks is none of them.
    return others.length - 1;
  };
  expect(await clients()).toBe(0);
  const queue = await world.queue(job);
  const worker = await world.worker(job, async () => ({}));
  await queue.add('enrichEvent', {});
  await eventually(async () => expect(await queue.getJobCounts()).toMatchObject({ completed: 1 }));
  // One for all queues, one shared by all workers, one the worker blocks in.
  expect(await clients()).toBe(3);
  await worker.close(DEADLINE_MS);
  await queue.close();
  expect(await clients()).toBe(2);
  await world.closeAll();
  await eventually(async () => expect(await clients()).toBe(0));
});

describe('while Redis is away', () => {
  test('a worker that never saw it closes at once', async () => {
    const connection = connectJobWorkers({ url: 'redis://127.0.0.1:1', prefix: 'none', name: 'none' });
    const worker = new JobWorker({ definition: job, connection, process: async () => ({}) });
    const started = performance.now();
    expect(await worker.close(DEADLINE_MS)).toBe(true);
    disconnectJobs(connection);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('a worker that has lost it closes as soon as the job under way is done', async () => {
    await using own = await startOwnServices({ migrated: false });
    await using world = await openJobs({ url: own.redisUrl, prefix: 'own' });
    const queue = await world.queue(job);
    const connection = world.workers();
    const { begun, release, work } = held();
    const worker = await world.worker(job, work, { connection });
    await queue.add('enrichEvent', {});
    await eventually(() => expect(begun.length).toBe(1));
    await own.redis.crash();
    await eventually(() => connection.redis.status !== 'ready');
    const closing = worker.close(DEADLINE_MS);
    release();
    expect(await closing).toBe(true);
  });

  test('a job under way is waited for; once Redis is back its outcome is written down, and work goes on', async () => {
    await using own = await startOwnServices({ migrated: false });
    await using world = await openJobs({ url: own.redisUrl, prefix: 'own' });
    const queue = await world.queue(job);
    const { begun, release, work } = held();
    await world.worker(job, work);
    await queue.add('enrichEvent', {});
    await eventually(() => expect(begun.length).toBe(1));
    await own.redis.crash();
    release();
    await own.redis.restart();
    await eventually(async () => expect(await queue.getJobCounts()).toMatchObject({ completed: 1 }), {
      timeoutMs: 25_000,
    });
    await eventually(() => queue.add('enrichEvent', {}));
    await eventually(async () => expect(await queue.getJobCounts()).toMatchObject({ completed: 2 }), {
      timeoutMs: 25_000,
    });
  }, 60_000);
});
