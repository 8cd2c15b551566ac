import { createLogger } from '@tallymark/analytics/operate/logger';
import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { parseSettings, type Settings } from '@tallymark/contract/settings';
import { connectRedis, type RedisClient, redisReady } from '@tallymark/redis/connect';
import { cloneDatabase } from '@tallymark/testing/database';
import { testRedis } from '@tallymark/testing/redis';
import { studio } from '../studio.ts';
import { openWorkerServices, type PlanServices } from '../worker.ts';
import { initializeAllWorkers, type Workers, type WorkersOptions } from '../workers.ts';

type LogLine = Readonly<Record<string, unknown>>;

export interface WorkerWorld extends AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>;
  readonly redis: RedisClient;
  /** What all processes of this world have logged so far. */
  readonly lines: readonly LogLine[];
  /** Services as one more process has them, nothing started. */
  services(environment?: Readonly<Record<string, string>>): { settings: Settings; services: PlanServices<DemoPlan> };
  /** The workers of one more process. */
  start(
    options: Pick<WorkersOptions, 'handlers' | 'schedules' | 'timing'>,
    environment?: Readonly<Record<string, string>>,
  ): Promise<Workers & { readonly services: PlanServices<DemoPlan> }>;
}

const REDIS_READY_MS = 5_000;
const SHUTDOWN_MS = 5_000;

/** A database and a key space of its own for processes that work on jobs. Whatever was started is ended with it. */
export async function openWorkers(): Promise<WorkerWorld> {
  const database = await cloneDatabase();
  const space = await testRedis();
  const closers: (() => Promise<unknown>)[] = [];
  const lines: LogLine[] = [];
  const log = createLogger({
    level: 'debug',
    name: 'test',
    destination: { write: (line: string) => lines.push(JSON.parse(line)) },
  });
  const environment = {
    DATABASE_URL: database.url,
    REDIS_URL: space.url,
    REDIS_PREFIX: space.prefix,
    TRACKING_HASH_SALT: 'a salt of the tests',
  };
  const redis = connectRedis({ url: space.url, prefix: space.prefix, name: `${space.prefix}-test` });
  if (!(await redisReady(redis, REDIS_READY_MS))) throw new Error('Redis does not answer.');
  const services: WorkerWorld['services'] = (more) => {
    const settings = parseSettings({ ...environment, ...more });
    const opened = openWorkerServices(settings, { ...studio, name: `${space.prefix}-${closers.length}`, log });
    closers.push(() => opened.close());
    return { settings, services: opened };
  };
  return {
    environment,
    redis,
    lines,
    services,
    async start(options, more) {
      const opened = services(more);
      const workers = await initializeAllWorkers({ ...opened, jobs: opened.services.jobs, ...options });
      closers.push(() => workers.shutdownGracefully(SHUTDOWN_MS));
      return { ...workers, services: opened.services };
    },
    [Symbol.asyncDispose]: async () => {
      for (const close of closers.reverse()) await close();
      redis.disconnect();
      await space[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}
