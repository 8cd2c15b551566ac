import type { JobDefinition } from '@tallymark/contract/jobs';
import { enrichEventJob } from '@tallymark/contract/jobs';
import { eventually } from '@tallymark/testing/eventually';
import { startOwnServices } from '@tallymark/testing/services';
import { Queue } from 'bullmq';
import { describe, expect, test } from 'vitest';
import { redisReady } from './connect.ts';
import { connectJobProducer, disconnectJobs } from './job-connection.ts';
import { JobQueue, JobsUnavailable, NoFailedJob } from './job-queue.ts';
import { openJobs } from './test-support/job-world.ts';

/** The job of these tests: gives up at the second attempt. */
const job = {
  ...enrichEventJob,
  attempts: 2,
  backoff: { type: 'exponential', delayMs: 10 },
} as const satisfies JobDefinition;
const PAYLOAD = { eventId: '00000000-0000-7000-8000-000000000009' };
const HOUR_MS = 3_600_000;
/** Fails at once, or after its command's time-out; both are less. */
const FAILS_WITHIN_MS = 2_000;

describe('payloads', () => {
  test('a wrong one is not added, by itself or among others', async () => {
    await using world = await openJobs();
    const queue = await world.queue(job);
    await expect(queue.add('enrichEvent', { eventId: 'no id' })).rejects.toThrow('GUID');
    await expect(queue.addBulk('enrichEvent', [PAYLOAD, { eventIds: ['no id'] }])).rejects.toThrow('GUID');
    expect(await queue.getJobCounts()).toMatchObject({ waiting: 0 });
    const added = await queue.addBulk('enrichEvent', [PAYLOAD, { eventIds: [] }]);
    expect(new Set(added.map(({ id }) => id)).size).toBe(2);
    expect(await queue.getJobCounts()).toMatchObject({ waiting: 2 });
  });

  test('a wrong one that gets there all the same fails at once, with its reason and no retry', async () => {
    await using world = await openJobs();
    const queue = await world.queue(job);
    const { redis, keyPrefix } = await world.producer();
    const raw = new Queue(job.name, { connection: redis, prefix: keyPrefix });
    await raw.add('enrichEvent', { eventIds: 'all of them' }, { attempts: 5 });
    const worked: unknown[] = [];
    await world.worker(job, async (payload) => {
      worked.push(payload);
      return {};
    });
    const failure = await eventually(() => queue.lastFailure());
    expect(failure.reason).toMatch(/not one of enrichEvent: eventIds .*array/);
    await raw.add('eatEvent', PAYLOAD, { attempts: 5 });
    await eventually(async () => expect((await queue.lastFailure())?.reason).toContain('no job "eatEvent"'));
    expect(await queue.getJobCounts()).toMatchObject({ failed: 2, delayed: 0, waiting: 0 });
    // A field of a newer version is no reason to fail.
    await raw.add('enrichEvent', { ...PAYLOAD, urgency: 'high' });
    await eventually(() => expect(worked).toEqual([PAYLOAD]));
    await raw.close();
  });
});

test('a job that fails is tried again, then kept with its reason; a retry gives it all its attempts', async () => {
  await using world = await openJobs();
  const queue = await world.queue(job);
  let mayWork = false;
  const attempts: number[] = [];
  const failures: unknown[] = [];
  await world.worker(
    job,
    async (_, { attempt }) => {
      attempts.push(attempt);
      if (!mayWork) throw new Error('The store is closed.');
      return { enriched: 1 };
    },
    { onFailed: ({ error, ...failure }) => failures.push({ ...failure, reason: error.message }) },
  );
  const { id } = await queue.add('enrichEvent', PAYLOAD);
  expect(await eventually(() => queue.lastFailure())).toEqual({
    jobId: id,
    reason: 'The store is closed.',
    failedAt: expect.any(Date),
  });
  expect(attempts).toEqual([1, 2]);
  const reason = 'The store is closed.';
  expect(failures).toEqual([
    { jobId: id, attempt: 1, willRetry: true, reason },
    { jobId: id, attempt: 2, willRetry: false, reason },
  ]);
  await queue.retry(id);
  await eventually(() => expect(attempts).toEqual([1, 2, 1, 2]));
  mayWork = true;
  await eventually(() => queue.lastFailure());
  await queue.retry(id);
  await eventually(async () => expect(await queue.getJobCounts()).toMatchObject({ completed: 1, failed: 0 }));
  expect(await queue.lastFailure()).toBeNull();
  await expect(queue.retry(id)).rejects.toThrow(NoFailedJob);
  await expect(queue.retry('4711')).rejects.toThrow(NoFailedJob);
});

test('the oldest unfinished job is found in whatever state it is; a finished one does not count', async () => {
  await using world = await openJobs();
  const slow = { ...job, backoff: { type: 'exponential', delayMs: HOUR_MS } } as const;
  const queue = await world.queue(slow);
  const { redis, keyPrefix } = await world.producer();
  const raw = new Queue(job.name, { connection: redis, prefix: keyPrefix });
  const at = (hour: number) => new Date(Date.UTC(2026, 10, 15, hour));
  const add = (hour: number, eventId: string) =>
    raw.add(
      'enrichEvent',
      { eventIds: [eventId] },
      { ...slow, backoff: { type: 'exponential', delay: HOUR_MS }, timestamp: at(hour).getTime() },
    );
  const [finished, delayed, active, waiting] = Array.from({ length: 4 }, (_, n) =>
    PAYLOAD.eventId.replace(/9$/, `${n}`),
  );
  if (!finished || !delayed || !active || !waiting) throw new Error('There are four.');
  expect([await queue.oldestUnfinishedAt(), await queue.oldestWaitingAt()]).toEqual([null, null]);
  await add(1, finished);
  await add(2, delayed);
  await add(3, active);
  await add(4, waiting);
  expect([await queue.oldestUnfinishedAt(), await queue.oldestWaitingAt()]).toEqual([at(1), at(1)]);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await world.worker(slow, async ({ eventIds: [eventId] = [] }: { eventIds?: string[] }) => {
    if (eventId === delayed) throw new Error('Later.');
    if (eventId === active) await held;
    return {};
  });
  await eventually(async () => expect(await queue.getJobCounts()).toMatchObject({ delayed: 1, active: 1, waiting: 1 }));
  expect([await queue.oldestUnfinishedAt(), await queue.oldestWaitingAt()]).toEqual([at(2), at(4)]);
  await (await raw.getDelayed())[0]?.remove();
  expect(await queue.oldestUnfinishedAt()).toEqual(at(3));
  release();
  await eventually(async () => expect(await queue.oldestUnfinishedAt()).toBeNull());
  await raw.close();
});

describe('while Redis is away', () => {
  test('everything fails soon and says so, works once Redis is there, and closing does not wait', async () => {
    await using own = await startOwnServices({ migrated: false });
    await own.redis.stop();
    const connection = connectJobProducer({ url: own.redisUrl, prefix: 'own', name: 'own-producer' });
    const queue = new JobQueue(job, connection);
    const started = performance.now();
    for (const ask of [
      () => queue.add('enrichEvent', PAYLOAD),
      () => queue.addBulk('enrichEvent', [PAYLOAD]),
      () => queue.getJobCounts(),
      () => queue.upsertSchedule({ everyMs: HOUR_MS }),
      () => queue.oldestUnfinishedAt(),
      () => queue.lastFailure(),
      () => queue.retry('1'),
    ]) {
      await expect(ask()).rejects.toThrow(JobsUnavailable);
    }
    expect(performance.now() - started).toBeLessThan(FAILS_WITHIN_MS);
    await own.redis.restart();
    expect(await redisReady(connection.redis, 10_000)).toBe(true);
    await queue.add('enrichEvent', PAYLOAD);
    expect(await queue.getJobCounts()).toMatchObject({ waiting: 1 });
    await own.redis.stop();
    await queue.close();
    disconnectJobs(connection);
  });

  test('one that is frozen costs a command its time-out', async () => {
    await using own = await startOwnServices({ migrated: false });
    const connection = connectJobProducer({ url: own.redisUrl, prefix: 'own', name: 'own-producer' });
    const queue = new JobQueue(job, connection);
    expect(await redisReady(connection.redis, 10_000)).toBe(true);
    await queue.add('enrichEvent', PAYLOAD);
    own.redis.freeze();
    try {
      const started = performance.now();
      await expect(queue.add('enrichEvent', PAYLOAD)).rejects.toThrow(JobsUnavailable);
      expect(performance.now() - started).toBeLessThan(FAILS_WITHIN_MS);
      await queue.close();
    } finally {
      own.redis.resume();
      disconnectJobs(connection);
    }
  });
});
