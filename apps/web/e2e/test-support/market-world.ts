import { EventEnrichmentService } from '@tallymark/analytics/enrich/service';
import { EventIngestionService } from '@tallymark/analytics/ingest/service';
import { Circuits } from '@tallymark/analytics/operate/circuits';
import { ProjectionService } from '@tallymark/analytics/project/service';
import { type DemoPlan, demoPlan } from '@tallymark/contract/demo-plan';
import { createPrisma, type PrismaClient } from '@tallymark/prisma/client';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import { connectRedis, redisReady } from '@tallymark/redis/connect';
import { testBrowser } from '@tallymark/testing/browser';
import { cloneDatabase } from '@tallymark/testing/database';
import { testRedis } from '@tallymark/testing/redis';
import { pino } from 'pino';
import type { Page } from 'playwright-core';
import { ensureLogins } from '../../scripts/demo-logins.ts';
import { launchBrowser } from '../browser.ts';
import { startWeb } from '../web-process.ts';
import { hydrated } from './hydrated.ts';
import { ASSETS, marketEvents } from './market-events.ts';

const ACTION_MS = 10_000;
const REDIS_MS = 5_000;
const TEN_DAYS_MS = 10 * 86_400_000;
const PASSWORD = 'a-password-for-this-test';
const LOG = pino({ level: 'silent' });

export interface MarketWorld extends AsyncDisposable {
  /** An admin is signed in. */
  readonly page: Page;
  readonly prisma: PrismaClient;
  /** As another process of the host has it; it does not flush by itself. */
  readonly ingestion: EventIngestionService<DemoPlan>;
  /** Of that other process; they tell how they are once they are started. */
  readonly circuits: Circuits;
  /** Folds what is new, and takes the next steps of rebuilds. */
  fold(): Promise<void>;
  /** What the browser has complained about. */
  readonly complaints: string[];
}

/** The built app over campaigns and assets of the last days, and a browser in UTC that an admin is signed in with. */
export async function openMarket(): Promise<MarketWorld> {
  const [database, space, program] = await Promise.all([cloneDatabase(), testRedis(), testBrowser()]);
  const prisma = createPrisma({ databaseUrl: database.url, maxConnections: 4, applicationName: 'e2e-market' });
  const redis = connectRedis({ url: space.url, prefix: space.prefix, name: 'e2e-market' });
  if (!(await redisReady(redis, REDIS_MS))) throw new Error(`Redis does not answer at ${space.url}.`);
  const { admin } = await ensureLogins(prisma, { adminPassword: PASSWORD, report: () => {} });
  const projections = new ProjectionService({ prisma, plan: demoPlan, log: LOG, now: () => new Date() });
  await storeMarket(prisma);
  await projections.catchUp();
  const settings = { TRACKING_CIRCUIT_FAILURES: 2, TRACKING_CIRCUIT_OPEN_MS: 60_000 };
  const circuits = new Circuits({ settings, redis, name: 'e2e-market', log: LOG });
  const ingestion = new EventIngestionService(prisma, redis, null, {
    plan: demoPlan,
    hashSalt: 'only-for-this-test',
    log: LOG,
    runFlusher: false,
  });
  await ingestion.start();

  const stores = { databaseUrl: database.url, redisUrl: space.url, redisPrefix: space.prefix };
  const [web, browser] = await Promise.all([startWeb(stores), launchBrowser(program)]);
  const context = await browser.newContext({
    baseURL: web.baseUrl,
    timezoneId: 'UTC',
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const page = hydrated(await context.newPage());
  page.setDefaultTimeout(ACTION_MS);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.goto('/login?next=/admin/plan');
  await page.getByLabel('Email').fill(admin.email);
  await page.getByLabel('Password').fill(admin.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(({ pathname }) => pathname === '/admin/plan');
  // The login is a page of the studio, which this world has no data for.
  complaints.length = 0;
  return {
    page,
    prisma,
    ingestion,
    circuits,
    fold: () => projections.catchUp(),
    complaints,
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await web.stop();
      await ingestion.shutdown();
      await circuits.stop();
      redis.disconnect();
      await prisma.$disconnect();
      await space[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Stored and enriched, as the worker process would have. */
async function storeMarket(prisma: PrismaClient): Promise<void> {
  const now = new Date();
  const rows = marketEvents(now);
  await ensurePartitions(prisma, [now, new Date(now.getTime() - TEN_DAYS_MS)]);
  await prisma.event.createMany({ data: rows });
  const snapshotReaders = {
    asset: async (_db: unknown, ids: readonly string[]) =>
      new Map(
        ids.flatMap((id) =>
          ASSETS.has(id) ? [[id, { title: ASSETS.get(id) ?? '', status: 'approved' }] as const] : [],
        ),
      ),
  };
  const enrichment = new EventEnrichmentService(prisma, null, { log: LOG, now: () => now, snapshotReaders });
  await enrichment.enrichEvents(rows.map(({ id }) => id));
}
