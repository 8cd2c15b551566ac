import type { JobDefinition } from '@tallymark/contract/jobs';
import { keepPartitionsJob } from '@tallymark/contract/jobs';
import { eventually } from '@tallymark/testing/eventually';
import { Queue } from 'bullmq';
import { expect, test } from 'vitest';
import { type JobWorld, openJobs } from './test-support/job-world.ts';

const job = keepPartitionsJob satisfies JobDefinition;
const HOUR_MS = 3_600_000;
const NIGHTLY = { pattern: '0 2 * * *', timeZone: 'Europe/Berlin' };

/** What BullMQ itself knows of the schedules of the job. */
async function raw(world: JobWorld) {
  const { redis, keyPrefix } = await world.producer();
  return new Queue(job.name, { connection: redis, prefix: keyPrefix });
}

test('asked for by many at the same time there is one schedule, and one run a turn', async () => {
  await using world = await openJobs();
  const runs: string[] = [];
  const queues = await Promise.all(Array.from({ length: 4 }, () => world.queue(job)));
  const work = async (_: unknown, { jobId }: { jobId: string }) => {
    runs.push(jobId);
    return {};
  };
  await Promise.all([world.worker(job, work), world.worker(job, work)]);
  const every = { everyMs: 200 };
  await Promise.all(queues.map((queue) => queue.upsertSchedule(every)));
  await eventually(async () => {
    // As instances do that start one after the other.
    await Promise.all(queues.map((queue) => queue.upsertSchedule(every)));
    return runs.length >= 10;
  });
  expect(new Set(runs).size).toBe(runs.length);
  const turns = runs.map((id) => Number(id.split(':').at(-1))).sort((a, b) => a - b);
  const gaps = turns.slice(2).map((turn, n) => turn - (turns[n + 1] ?? 0));
  // A busy machine may leave turns out, never add one in between.
  expect(gaps.filter((gap) => gap % every.everyMs !== 0)).toEqual([]);
  expect(await (await raw(world)).getJobSchedulersCount()).toBe(1);
});

test('a turn that is due and not begun survives that the schedule is asked for again', async () => {
  await using world = await openJobs();
  const queue = await world.queue(job);
  await queue.upsertSchedule(NIGHTLY);
  // As if two o'clock had passed while no worker ran.
  const [due] = await (await raw(world)).getDelayed();
  await due?.promote();
  expect(await queue.getJobCounts()).toMatchObject({ waiting: 1, delayed: 0 });
  await queue.upsertSchedule(NIGHTLY);
  expect(await queue.getJobCounts()).toMatchObject({ waiting: 1, delayed: 0 });
  const runs: string[] = [];
  await world.worker(job, async (_, { jobId }) => {
    runs.push(jobId);
    return {};
  });
  await eventually(() => expect(runs).toEqual([due?.id]));
  expect(await queue.getJobCounts()).toMatchObject({ waiting: 0, delayed: 1 });
});

test('what was changed is changed, what was switched off is gone, and what Redis has lost is made again', async () => {
  await using world = await openJobs();
  const queue = await world.queue(job);
  const known = await raw(world);
  expect([await queue.nextRunAt(), await queue.removeSchedule()]).toEqual([null, false]);
  await queue.upsertSchedule(NIGHTLY);
  await queue.upsertSchedule({ ...NIGHTLY, pattern: '30 4 * * *' });
  expect(await known.getJobSchedulers()).toMatchObject([{ pattern: '30 4 * * *', tz: 'Europe/Berlin' }]);
  await queue.upsertSchedule({ everyMs: HOUR_MS });
  const [schedule] = await known.getJobSchedulers();
  expect(schedule).toMatchObject({ every: HOUR_MS, template: { opts: { attempts: job.attempts } } });
  expect(schedule?.pattern).toBeUndefined();
  expect(await queue.nextRunAt()).toEqual(new Date(schedule?.next ?? 0));
  // A worker may take the first turn of an interval before its job is looked for; without one it waits.
  expect(await queue.oldestWaitingAt()).toEqual(await queue.nextRunAt());
  const keys = await world.redis.keys(`${world.prefix}:jobs:*`);
  await world.redis.unlink(...keys.map((key) => key.slice(world.prefix.length + 1)));
  await queue.upsertSchedule({ everyMs: HOUR_MS });
  expect(await known.getJobSchedulersCount()).toBe(1);
  expect(await queue.removeSchedule()).toBe(true);
  expect(await known.getJobSchedulersCount()).toBe(0);
  expect(await queue.getJobCounts()).toMatchObject({ waiting: 0, delayed: 0 });
});

test('a schedule whose next turn was removed goes on', async () => {
  await using world = await openJobs();
  const queue = await world.queue(job);
  await queue.upsertSchedule(NIGHTLY);
  const turn = await queue.nextRunAt();
  await world.redis.unlink(`jobs:${job.name}:delayed`, `jobs:${job.name}:repeat:${job.name}:${turn?.getTime()}`);
  expect(await queue.getJobCounts()).toMatchObject({ delayed: 0 });
  await queue.upsertSchedule(NIGHTLY);
  expect(await queue.getJobCounts()).toMatchObject({ delayed: 1 });
  expect(await queue.nextRunAt()).toEqual(turn);
});
