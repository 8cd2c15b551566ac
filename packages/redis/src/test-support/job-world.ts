import type { JobDefinition } from '@tallymark/contract/jobs';
import { testRedis } from '@tallymark/testing/redis';
import { connectRedis, type RedisClient, redisReady } from '../connect.ts';
import { connectJobProducer, connectJobWorkers, disconnectJobs, type JobConnection } from '../job-connection.ts';
import { JobQueue } from '../job-queue.ts';
import { JobWorker, type JobWorkerOptions } from '../job-worker.ts';

export interface JobWorld extends AsyncDisposable {
  readonly redis: RedisClient;
  readonly prefix: string;
  /** Connections of their own, as another process has them. */
  producer(): Promise<JobConnection>;
  workers(): JobConnection;
  queue<Definition extends JobDefinition>(definition: Definition): Promise<JobQueue<Definition>>;
  worker<Definition extends JobDefinition>(
    definition: Definition,
    process: JobWorkerOptions<Definition>['process'],
    more?: Partial<JobWorkerOptions<Definition>>,
  ): Promise<JobWorker<Definition>>;
  /** Closes what was opened so far. */
  closeAll(): Promise<void>;
}

const TIMEOUT_MS = 5_000;

/** Jobs in a key space of their own, in the shared Redis or in the given one. */
export async function openJobs(own?: { url: string; prefix: string }): Promise<JobWorld> {
  const space = own ?? (await testRedis());
  const { url, prefix } = space;
  const closers: (() => Promise<unknown>)[] = [];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  const redis = connectRedis({ url, prefix, name: `${prefix}-test` });
  if (!(await redisReady(redis, TIMEOUT_MS))) throw new Error('Redis does not answer.');
  const producer = async () => {
    const connection = connectJobProducer({ url, prefix, name: `${prefix}-producer` });
    closers.push(async () => disconnectJobs(connection));
    await redisReady(connection.redis, TIMEOUT_MS);
    return connection;
  };
  const workers = () => {
    const connection = connectJobWorkers({ url, prefix, name: `${prefix}-worker` });
    closers.push(async () => disconnectJobs(connection));
    return connection;
  };
  return {
    redis,
    prefix,
    producer,
    workers,
    closeAll,
    async queue(definition) {
      const queue = new JobQueue(definition, await producer());
      closers.push(() => queue.close());
      return queue;
    },
    async worker(definition, process, more) {
      const worker = new JobWorker({ definition, connection: more?.connection ?? workers(), process, ...more });
      closers.push(() => worker.close(TIMEOUT_MS));
      await worker.ready();
      return worker;
    },
    [Symbol.asyncDispose]: async () => {
      await closeAll();
      redis.disconnect();
      if (Symbol.asyncDispose in space) await space[Symbol.asyncDispose]();
    },
  };
}
