import { eventually } from '@tallymark/testing/eventually';
import { describe, expect, test } from 'vitest';
import { startChild } from './test-support/child-process.ts';
import { openWorkers } from './test-support/worker-world.ts';

const TIMEOUT_MS = 60_000;
/** Whatever runs at an interval has its first turn at once. */
const AT_START = ['backupFlush', 'compactLogs', 'keepPartitions', 'monitorDeduplication', 'sweepUnenriched'];

/** The output of a process holds lines of JSON and others. */
const jobsDone = (output: string) =>
  output.split('\n').flatMap((line) => (/"job":"(\w+)".*"msg":"job done"/.exec(line) ?? []).slice(1));

describe('the worker process', () => {
  test(
    'works on what is due at its start, and ends in order on SIGTERM',
    async () => {
      await using world = await openWorkers();
      await using worker = startChild('main.ts', world.environment);
      await worker.untilWritten('worker ready');
      await eventually(() => expect(jobsDone(worker.output())).toEqual(expect.arrayContaining(AT_START)));
      expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null });
      expect(worker.output()).toContain('worker stopped');
      expect(worker.output()).not.toMatch(/"level":(50|60)/);
    },
    TIMEOUT_MS,
  );

  test(
    'starts and stops without Redis',
    async () => {
      await using world = await openWorkers();
      await using worker = startChild('main.ts', { ...world.environment, REDIS_URL: 'redis://127.0.0.1:1' });
      await worker.untilWritten('worker ready');
      expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null });
      expect(worker.output()).toContain('the schedules of jobs cannot be made');
    },
    TIMEOUT_MS,
  );

  test(
    'does not start with a schedule that is none, and says which setting it is',
    async () => {
      await using world = await openWorkers();
      await using worker = startChild('main.ts', { ...world.environment, TRACKING_RETENTION_CRON: '0 25 * * *' });
      expect((await worker.ended).code).toBe(1);
      expect(worker.output()).toContain('TRACKING_RETENTION_CRON="0 25 * * *" is no schedule for applyRetention');
      expect(await world.redis.keys(`${world.environment.REDIS_PREFIX}*`)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
