import { EventIngestionService } from '@tallymark/analytics/ingest/service';
import { demoPlan } from '@tallymark/contract/demo-plan';
import { createPrisma, type PrismaClient } from '@tallymark/prisma/client';
import { connectRedis, type RedisClient } from '@tallymark/redis/connect';
import { testBrowser } from '@tallymark/testing/browser';
import { cloneDatabase, type TestDatabase } from '@tallymark/testing/database';
import { type TestRedis, testRedis } from '@tallymark/testing/redis';
import { pino } from 'pino';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../scripts/history/random.ts';
import { runTraffic } from '../scripts/traffic/run-traffic.ts';
import { launchBrowser } from './browser.ts';
import { fillWithDemoData } from './demo-data.ts';
import { lookAt } from './test-support/dashboard-world.ts';
import { startWeb, type WebProcess } from './web-process.ts';

const START_MS = 90_000;
const JOURNEY_MS = 90_000;
const WRONG_PASSWORD = 'certainly-not-this-one';
const CLOSE_DEADLINE_MS = 20_000;
/** The client sends within two seconds. */
const SENT = { timeout: 15_000 };
const PHONE = { width: 360, height: 740 };

describe('the studio', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let web: WebProcess;
  let browser: Browser;
  let page: Page;
  let prisma: PrismaClient;
  let connection: RedisClient;
  let ingestion: EventIngestionService<typeof demoPlan>;
  let admin: { email: string; password: string };
  const complaints: string[] = [];

  beforeAll(async () => {
    [database, redis] = await Promise.all([cloneDatabase(), testRedis()]);
    admin = await fillWithDemoData(database.url);
    const stores = { databaseUrl: database.url, redisUrl: redis.url, redisPrefix: redis.prefix };
    const program = await testBrowser();
    [web, browser] = await Promise.all([startWeb(stores), launchBrowser(program)]);
    page = await browser.newPage({ baseURL: web.baseUrl, viewport: PHONE });
    page.on('pageerror', (error) => complaints.push(error.message));
    // A violated content security policy shows up here as well.
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    prisma = createPrisma({ databaseUrl: database.url, maxConnections: 2, applicationName: 'e2e' });
    connection = connectRedis({ url: redis.url, prefix: redis.prefix, name: 'e2e' });
    // Stands in for the worker: moves what the web process has buffered into Postgres.
    ingestion = new EventIngestionService(prisma, connection, null, {
      ...{ plan: demoPlan, hashSalt: 'only-for-this-test', runFlusher: false },
      log: pino({ level: 'silent' }),
    });
  }, START_MS);

  afterAll(async () => {
    await browser?.close();
    await web?.stop();
    await ingestion?.shutdown();
    connection?.disconnect();
    await prisma?.$disconnect();
    await redis?.[Symbol.asyncDispose]();
    // Fails when the web process left a connection open.
    await database?.[Symbol.asyncDispose]();
  });

  it(
    'sells a license to somebody from a campaign, and both halves of the events are one visit',
    async () => {
      await page.goto('/?utm_source=instagram&utm_medium=social&utm_campaign=night-market&utm_content=mara.lind');
      await expect.poll(() => page.locator('.gallery > li').count(), SENT).toBe(24);
      await page.getByLabel('Search the works').fill('harbour');
      await page.getByRole('button', { name: 'Search' }).click();
      await page.getByText('works found.').waitFor();
      await noSideways();
      await page.getByRole('link', { name: 'Harbour at Dawn' }).click();
      await page.getByRole('heading', { level: 1, name: 'Harbour at Dawn' }).waitFor();
      const assetId = new URL(page.url()).pathname.split('/').at(-1);
      await expect.poll(() => eventsOf('asset_viewed'), SENT).toHaveLength(1);
      await noSideways();
      const [preview] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download preview' }).click(),
      ]);
      expect(preview.suggestedFilename()).toBe('harbour-at-dawn-preview.svg');

      await page.getByRole('link', { name: 'License this work' }).click();
      await page.getByRole('textbox', { name: 'Licensee' }).fill('Saltwater Coffee');
      await page.getByLabel('Use').selectOption('print');
      await page.getByLabel('I sign for the licensee.').check();
      await page.getByText('$206.00').waitFor();
      await noSideways();
      await page.getByRole('button', { name: 'Sign the licence' }).click();
      await page.waitForURL('**/licenses/*');
      const licenseId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
      await expect.poll(() => eventsOf('license_viewed'), SENT).toHaveLength(1);

      const license = await prisma.license.findUnique({ where: { id: licenseId } });
      expect(license).toMatchObject({ assetId, licensee: 'Saltwater Coffee', feeCents: 20_600 });
      const stored = await prisma.event.findMany();
      const sources = new Map(stored.map(({ eventType, source }) => [eventType, source]));
      for (const type of ['page_viewed', 'search_performed', 'asset_viewed', 'cart_item_added', 'form_submitted']) {
        expect([type, sources.get(type)]).toEqual([type, 'web']);
      }
      for (const type of ['asset_downloaded', 'license_created', 'license_signed', 'campaign_conversion']) {
        expect([type, sources.get(type)]).toEqual([type, 'server']);
      }
      expect(new Set(stored.map(({ sessionId }) => sessionId)).size).toBe(1);
      expect(new Set(stored.map(({ visitorId }) => visitorId)).size).toBe(1);
      const [conversion] = await eventsOf('campaign_conversion');
      expect(conversion?.propsJson).toEqual({
        campaignId: 'night-market',
        influencerId: 'mara.lind',
        value: 20_600,
      });
      expect(complaints).toEqual([]);
    },
    JOURNEY_MS,
  );

  it(
    'logs an owner in at the second try, who completes a project and is paid',
    async () => {
      await page.goto('/payouts');
      await page.waitForURL('**/login?next=/payouts');
      await logIn(WRONG_PASSWORD);
      await page.getByText('Email or password is wrong.').waitFor();
      expect(await page.getByLabel('Email').inputValue()).toBe(admin.email);
      await logIn(admin.password);
      await page.waitForURL('**/payouts');
      await noSideways();
      await page.getByLabel('Pay to').selectOption('bank_transfer');
      await page.getByRole('button', { name: 'Pay out the balance' }).click();
      await page.getByText('are on their way.').waitFor();
      await page.goto('/projects');
      await page.getByRole('link', { name: 'Field Notes' }).click();
      await page.getByRole('button', { name: 'Mark as completed' }).click();
      await page.getByText('; completed').waitFor();
      const userId = (await prisma.user.findUnique({ where: { email: admin.email } }))?.id;
      expect(await eventsOf('payout_completed')).toMatchObject([{ actorId: userId, source: 'server' }]);
      expect(await eventsOf('project_completed')).toMatchObject([{ actorId: userId, source: 'server' }]);
      const logins = (await eventsOf('user_login')).map(({ propsJson }) => propsJson);
      expect(logins).toMatchObject([{ success: false, failureReason: 'invalid_email_or_password' }, { success: true }]);
      expect(complaints).toEqual([]);
    },
    JOURNEY_MS,
  );

  it(
    'is usable by everybody, on each page, in light, dark and at the width of a phone',
    async () => {
      const { id: assetId } = await prisma.ipAsset.findFirstOrThrow({ where: { status: 'approved' } });
      const { id: licenseId } = await prisma.license.findFirstOrThrow();
      const { id: projectId } = await prisma.project.findFirstOrThrow();
      const pages = {
        ...{ gallery: '/', asset: `/assets/${assetId}`, licensing: `/assets/${assetId}/license` },
        ...{ license: `/licenses/${licenseId}`, projects: '/projects', project: `/projects/${projectId}` },
        ...{ payouts: '/payouts', login: '/login' },
      };
      for (const [name, path] of Object.entries(pages)) {
        const answer = await page.goto(path);
        expect([name, answer?.status()]).toEqual([name, 200]);
        expect(await lookAt(page, `studio-${name}`)).toEqual([]);
      }
    },
    JOURNEY_MS,
  );

  it(
    'takes simulated visitors for people',
    async () => {
      const before = new Set((await eventsOf('page_viewed')).map(({ visitorId }) => visitorId));
      const licenses = (await eventsOf('license_signed')).length;
      const options = { baseUrl: web.baseUrl, visitors: 12, minutes: 0.1 };
      const tools = { random: randomFrom(5), signal: AbortSignal.timeout(JOURNEY_MS), now: () => new Date() };
      const sum = await runTraffic(options, { ...tools, progress: () => {} });
      expect(sum).toMatchObject({ come: 12, here: 0, failed: 0, lastProblem: null });
      const views = (await eventsOf('page_viewed')).filter(({ visitorId }) => !before.has(visitorId));
      expect(views).toHaveLength(sum.pages);
      expect(new Set(views.map(({ visitorId }) => visitorId)).size).toBe(12);
      expect(sum.licenses).toBeGreaterThan(0);
      expect((await eventsOf('license_signed')).length).toBe(licenses + sum.licenses);
    },
    JOURNEY_MS,
  );

  it(
    'ends in order on SIGTERM, while a page is open',
    async () => {
      expect(await web.stop()).toBe(0);
    },
    CLOSE_DEADLINE_MS,
  );

  async function logIn(password: string): Promise<void> {
    await page.getByLabel('Email').fill(admin.email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
  }

  /** Nothing on the page is wider than a phone. */
  async function noSideways(): Promise<void> {
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }

  async function eventsOf(eventType: string) {
    await ingestion.forceFlush();
    return prisma.event.findMany({ where: { eventType }, orderBy: { occurredAt: 'asc' } });
  }
});
