import type { JobDefinition } from '@tallymark/contract/jobs';
import { parseSettings } from '@tallymark/contract/settings';
import { redisReady } from '@tallymark/redis/connect';
import { connectJobProducer, connectJobWorkers, disconnectJobs } from '@tallymark/redis/job-connection';
import { JobQueue } from '@tallymark/redis/job-queue';
import { JobWorker, type JobWorkerOptions } from '@tallymark/redis/job-worker';
import { EventDeduplicationService } from '../dedup/service.ts';
import { EventEnrichmentService } from '../enrich/service.ts';
import { createJobQueues, type JobQueues } from '../operate/job-queues.ts';
import { createOperations, type Operations } from '../operate/operations.ts';
import { type IngestionWorld, LOG } from './ingestion-world.ts';

export interface JobWorld extends AsyncDisposable {
  readonly jobs: JobQueues;
  readonly operations: Operations;
  /** The queue of a definition that differs from the product's. */
  queue<Definition extends JobDefinition>(definition: Definition): Promise<JobQueue<Definition>>;
  /** A worker of another process. */
  worker<Definition extends JobDefinition>(
    definition: Definition,
    process: JobWorkerOptions<Definition>['process'],
  ): Promise<void>;
}

const TIMEOUT_MS = 5_000;

/** The queues of a world, or of a Redis at another address, and what admins can do with them. */
export async function openJobs(world: IngestionWorld, redisUrl: string = world.redisUrl): Promise<JobWorld> {
  const { prisma, redis, redisPrefix: prefix } = world;
  const settings = parseSettings({
    DATABASE_URL: world.databaseUrl,
    REDIS_URL: redisUrl,
    REDIS_PREFIX: prefix,
    TRACKING_HASH_SALT: 'salt of the tests',
  });
  const deduplication = new EventDeduplicationService(prisma, redis);
  const jobs = createJobQueues({ settings, deduplication, log: LOG, name: 'tallymark-test' });
  if (redisUrl === world.redisUrl && !(await jobs.ready(TIMEOUT_MS))) throw new Error('Redis does not answer.');
  const enrichment = new EventEnrichmentService(prisma, redis, { log: LOG });
  const closers: (() => Promise<unknown>)[] = [() => jobs.close()];
  return {
    jobs,
    operations: createOperations({ jobs, enrichment }),
    async queue(definition) {
      const connection = connectJobProducer({ url: redisUrl, prefix, name: 'tallymark-test' });
      const queue = new JobQueue(definition, connection);
      closers.push(async () => {
        await queue.close();
        disconnectJobs(connection);
      });
      await redisReady(connection.redis, TIMEOUT_MS);
      return queue;
    },
    async worker(definition, process) {
      const connection = connectJobWorkers({ url: redisUrl, prefix, name: 'tallymark-test' });
      const worker = new JobWorker({ definition, connection, process });
      closers.push(async () => {
        await worker.close(TIMEOUT_MS);
        disconnectJobs(connection);
      });
      await worker.ready();
    },
    [Symbol.asyncDispose]: async () => {
      for (const close of closers.reverse()) await close();
    },
  };
}
