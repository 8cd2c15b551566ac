import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EventIngestionService } from '@tallymark/analytics/ingest/service';
import { type DemoPlan, demoPlan } from '@tallymark/contract/demo-plan';
import type { IngestStats } from '@tallymark/contract/stats';
import { callGuardian } from '@tallymark/local/guardian';
import { freePort } from '@tallymark/local/ports';
import { temporaryFolder } from '@tallymark/local/temporary-folder';
import { createPrisma } from '@tallymark/prisma/client';
import { connectRedis, redisReady } from '@tallymark/redis/connect';
import { eventually } from '@tallymark/testing/eventually';
import { type OwnServices, startOwnServices } from '@tallymark/testing/services';
import { pino } from 'pino';
import { Program, type ProgramOptions } from './program.ts';

const SALT = 'only-for-fault-tests';
const REDIS_PREFIX = 'faults';
const DRAIN_MS = 20_000;
const WEB = fileURLToPath(new URL('./web-process.ts', import.meta.url));

/** A Postgres, a Redis and a folder of one's own, and the processes of the product that work with them. */
export interface World extends AsyncDisposable {
  readonly services: OwnServices;
  readonly folder: string;
  readonly webUrl: string;
  /** A program of the product, not started yet. */
  program(
    name: string,
    script: ProgramOptions['script'],
    options?: Partial<Pick<ProgramOptions, 'env' | 'cwd'>>,
  ): Program;
  web(): Program;
  flusher(name?: string): Program;
  /** Stats of all processes together, once no event is buffered any more. Nothing here moves events. */
  drained(): Promise<IngestStats>;
  /** The end of what each program wrote, for a failure's message. */
  lastWords(): string;
}

export const READY = { web: 'web ready', flusher: 'worker ready' } as const;

export async function createWorld(): Promise<World> {
  const services = await startOwnServices();
  const guardian = callGuardian();
  const folder = temporaryFolder(guardian);
  const programs: Program[] = [];
  const webUrl = `http://127.0.0.1:${await freePort()}`;
  const baseEnv = {
    DATABASE_URL: services.databaseUrl,
    REDIS_URL: services.redisUrl,
    REDIS_PREFIX,
    TRACKING_HASH_SALT: SALT,
    TRACKING_BUFFER_FLUSH_INTERVAL_MS: '200',
    PORT: new URL(webUrl).port,
  };
  const program: World['program'] = (name, script, { env, cwd } = {}) => {
    const logFile = join(folder.path, `${name}.log`);
    const made = new Program({ script, cwd, env: { ...baseEnv, ...env }, logFile, guardian });
    programs.push(made);
    return made;
  };
  return {
    services,
    folder: folder.path,
    webUrl,
    program,
    web: () => program('web', [WEB]),
    flusher: (name = 'flusher') => program(name, ['jobs/main.ts']),
    drained: () => withObserver(services, untilDrained),
    lastWords: () => programs.map((each) => each.lastWords).join('\n'),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(programs.map((each) => each.kill()));
      await services[Symbol.asyncDispose]();
      guardian.dismiss();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function untilDrained(eventIngestion: EventIngestionService<DemoPlan>): Promise<IngestStats> {
  return eventually(
    async () => {
      const stats = await eventIngestion.getStats();
      if (stats.shards.some(({ oldestAgeMs }) => oldestAgeMs !== null)) {
        throw new Error(`The backlog does not drain: ${JSON.stringify(stats.shards)}`);
      }
      return stats;
    },
    { timeoutMs: DRAIN_MS },
  );
}

/** Asks as one more instance would: connected after the healing, without a flusher. */
async function withObserver<T>(
  { databaseUrl, redisUrl }: OwnServices,
  work: (eventIngestion: EventIngestionService<DemoPlan>) => Promise<T>,
): Promise<T> {
  const prisma = createPrisma({ databaseUrl, maxConnections: 2, applicationName: 'fault-observer' });
  const redis = connectRedis({ url: redisUrl, prefix: REDIS_PREFIX, name: 'fault-observer' });
  try {
    await redisReady(redis, DRAIN_MS);
    const log = pino({ level: 'silent' });
    return await work(
      new EventIngestionService(prisma, redis, null, { plan: demoPlan, hashSalt: SALT, log, runFlusher: false }),
    );
  } finally {
    redis.disconnect();
    await prisma.$disconnect();
  }
}
