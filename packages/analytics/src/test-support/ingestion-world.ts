import { randomUUID } from 'node:crypto';
import { demoPlan } from '@tallymark/contract/demo-plan';
import type { TrackingPlan } from '@tallymark/contract/plan';
import type { Ledger } from '@tallymark/contract/stats';
import { createPrisma, type PrismaClient } from '@tallymark/prisma/client';
import { connectRedis, type RedisClient, redisReady } from '@tallymark/redis/connect';
import { cloneDatabase } from '@tallymark/testing/database';
import { testRedis } from '@tallymark/testing/redis';
import { type OwnServices, startOwnServices } from '@tallymark/testing/services';
import { pino } from 'pino';
import type { IngestionOptions } from '../ingest/config.ts';
import { EventIngestionService } from '../ingest/service.ts';

export const LOG = pino({ level: 'silent' });
/** What the clock of a world says until a test moves it. */
export const NOW = new Date('2026-11-15T12:00:00.000Z');

const HASH_SALT = 'salt of the tests';
const CONNECTIONS = 8;
const REDIS_TIMEOUT_MS = 5_000;
const SHUTDOWN_MS = 2_000;

export interface IngestionWorld extends AsyncDisposable {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly redisPrefix: string;
  readonly prisma: PrismaClient;
  readonly redis: RedisClient;
  /** Read by every service of this world. */
  readonly clock: { now: Date };
  /** Ids that flushes have handed to enrichment. */
  readonly queued: string[];
  /** A service of the demo plan with connections of its own, as another process has them. No flusher unless asked for. */
  service(options?: Partial<IngestionOptions<typeof demoPlan>>): Promise<EventIngestionService<typeof demoPlan>>;
  /** The same for another plan. */
  serviceOf<Plan extends TrackingPlan>(
    plan: Plan,
    options?: Partial<IngestionOptions<Plan>>,
  ): Promise<EventIngestionService<Plan>>;
}

interface Stores {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly redisPrefix: string;
  readonly close: () => Promise<void>;
}

/** A database and a key space of its own on the servers of the run. */
export async function openWorld(): Promise<IngestionWorld> {
  const database = await cloneDatabase();
  const redis = await testRedis();
  const close = async () => {
    await redis[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  };
  return openOn({ databaseUrl: database.url, redisUrl: redis.url, redisPrefix: redis.prefix, close });
}

export interface OwnWorld extends IngestionWorld {
  readonly postgres: OwnServices['postgres'];
  readonly redisServer: OwnServices['redis'];
}

/** Servers of its own, to kill and to freeze. */
export async function openOwnWorld(): Promise<OwnWorld> {
  const services = await startOwnServices();
  const { databaseUrl, redisUrl, postgres, redis: redisServer } = services;
  const close = async () => {
    await services[Symbol.asyncDispose]();
  };
  const world = await openOn({ databaseUrl, redisUrl, redisPrefix: 'own', close });
  return { ...world, postgres, redisServer };
}

async function openOn({ databaseUrl, redisUrl, redisPrefix, close }: Stores): Promise<IngestionWorld> {
  const closers: (() => Promise<unknown>)[] = [];
  const clock = { now: NOW };
  const queued: string[] = [];
  const connect = async () => {
    const prisma = createPrisma({ databaseUrl, maxConnections: CONNECTIONS, applicationName: 'tallymark-test' });
    const redis = connectRedis({ url: redisUrl, prefix: redisPrefix, name: 'tallymark-test', commandTimeoutMs: 1_000 });
    closers.push(async () => {
      redis.disconnect();
      await prisma.$disconnect();
    });
    if (!(await redisReady(redis, REDIS_TIMEOUT_MS))) throw new Error(`Redis does not answer at ${redisUrl}.`);
    return { prisma, redis };
  };
  const serviceOf: IngestionWorld['serviceOf'] = async (plan, options) => {
    const { prisma, redis } = await connect();
    const queue = { add: async (_name: string, { eventIds }: { eventIds: string[] }) => queued.push(...eventIds) };
    const defaults = { log: LOG, hashSalt: HASH_SALT, runFlusher: false, shutdownDeadlineMs: SHUTDOWN_MS };
    const service = new EventIngestionService(prisma, redis, queue, {
      ...defaults,
      now: () => clock.now,
      ...options,
      plan,
    });
    closers.push(() => service.shutdown());
    await service.start();
    return service;
  };
  const own = await connect();
  return {
    databaseUrl,
    redisUrl,
    redisPrefix,
    ...own,
    clock,
    queued,
    serviceOf,
    service: (options) => serviceOf(demoPlan, options),
    [Symbol.asyncDispose]: async () => {
      for (const closeOne of closers.reverse()) await closeOne();
      await close();
    },
  };
}

/** An event with key and time frozen, as our helpers and the browser client make them. */
export function viewed<More extends object = object>(more?: More) {
  const event = {
    eventType: 'asset_viewed' as const,
    source: 'web' as const,
    entityId: randomUUID(),
    sessionId: 'session-1',
    occurredAt: NOW.toISOString(),
    idempotencyKey: randomUUID(),
    props: { view_duration_ms: 1_200 },
  };
  // A spread of a type that is still open is not known to overwrite.
  return { ...event, ...more } as unknown as Omit<typeof event, keyof More> & More;
}

export const manyViewed = (count: number) =>
  Array.from({ length: count }, (_, n) => viewed({ sessionId: `session-${n}` }));

/** The ledger, once it is seen to balance. */
export async function balancedLedger(service: Pick<EventIngestionService, 'getStats'>): Promise<Ledger> {
  const { ledger } = await service.getStats();
  if (!ledger.balanced) throw new Error(`The ledger does not balance: ${JSON.stringify(ledger)}`);
  return ledger;
}

/** Runs `work` while another connection holds what `lock` took. */
export function whileHeld<Result>(
  { prisma }: Pick<IngestionWorld, 'prisma'>,
  lock: string,
  work: () => Promise<Result>,
): Promise<Result> {
  return prisma.$transaction(
    async (tx) => {
      await tx.$executeRawUnsafe(lock);
      return work();
    },
    { timeout: 25_000 },
  );
}

/** Makes Redis forget every key, as after their time to live; the streams stay. */
export async function forgetKeys({ redis, redisPrefix }: IngestionWorld): Promise<number> {
  const keys = await redis.keys(`${redisPrefix}:*:key:*`);
  if (keys.length === 0) return 0;
  return redis.unlink(...keys.map((key) => key.slice(redisPrefix.length + 1)));
}
