import { createPrisma } from '@tallymark/prisma/client';
import { testBrowser } from '@tallymark/testing/browser';
import { cloneDatabase, type TestDatabase } from '@tallymark/testing/database';
import { type TestRedis, testRedis } from '@tallymark/testing/redis';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';
import { fillWithDemoData } from './demo-data.ts';
import { startWeb, type WebProcess } from './web-process.ts';

const START_MS = 90_000;
const JOURNEY_MS = 60_000;
const WRONG_PASSWORD = 'certainly-not-this-one';
const CLOSE_DEADLINE_MS = 20_000;

describe('a visitor who turns out to be the admin', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let web: WebProcess;
  let browser: Browser;
  let page: Page;
  let admin: { email: string; password: string };
  const complaints: string[] = [];

  beforeAll(async () => {
    [database, redis] = await Promise.all([cloneDatabase(), testRedis()]);
    admin = await fillWithDemoData(database.url);
    const stores = { databaseUrl: database.url, redisUrl: redis.url, redisPrefix: redis.prefix };
    const program = await testBrowser();
    [web, browser] = await Promise.all([startWeb(stores), launchBrowser(program)]);
    page = await browser.newPage({ baseURL: web.baseUrl });
    page.on('pageerror', (error) => complaints.push(error.message));
    // A violated content security policy shows up here as well.
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
  }, START_MS);

  afterAll(async () => {
    await browser?.close();
    await web?.stop();
    await redis?.[Symbol.asyncDispose]();
    // Fails when the web process left a connection open.
    await database?.[Symbol.asyncDispose]();
  });

  it(
    'sees an asset, logs in at the second try, watches the ledger and flushes it',
    async () => {
      await page.goto('/');
      await expect.poll(() => page.getByRole('listitem').count()).toBe(24);
      // The gallery's prefetches are over now; none of them may count as a view.
      await page.waitForLoadState('networkidle');
      await page.getByRole('link', { name: 'Harbour at Dawn' }).click();
      await page.getByRole('heading', { level: 1, name: 'Harbour at Dawn' }).waitFor();
      const assetId = new URL(page.url()).pathname.split('/').at(-1);

      await page.goto('/admin');
      await page.waitForURL('**/login?next=/admin');
      await logIn(WRONG_PASSWORD);
      await page.getByText('Email or password is wrong.').waitFor();
      expect(await page.getByLabel('Email').inputValue()).toBe(admin.email);
      await logIn(admin.password);
      await page.waitForURL('**/admin');

      await page.getByText('Both sums balance').waitFor();
      await page.getByText('Live', { exact: true }).waitFor();
      await expect.poll(() => tile('Received')).toBe('3');
      expect(await tile('In the buffer')).toBe('3');
      expect(await storedEvents()).toEqual([]);

      await page.getByRole('button', { name: 'Force flush' }).click();
      await page.getByText('Complete: nothing of that moment is left in the buffer.').waitFor();
      await expect.poll(() => tile('Stored')).toBe('3');
      expect(await tile('In the buffer')).toBe('0');

      const [view, failed, good] = await storedEvents();
      const adminId = await idOf(admin.email);
      expect(view).toMatchObject({ eventType: 'asset_viewed', source: 'server', entityId: assetId, actorId: null });
      expect(failed).toMatchObject({ eventType: 'user_login', entityId: adminId, actorId: null });
      expect(failed?.propsJson).toEqual({
        loginMethod: 'password',
        success: false,
        failureReason: 'invalid_email_or_password',
      });
      expect(good).toMatchObject({ eventType: 'user_login', entityId: adminId, actorId: adminId });
      expect(good?.propsJson).toEqual({ loginMethod: 'password', success: true });
      const sessions = new Set([view, failed, good].map((event) => event?.sessionId));
      expect([...sessions]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
      expect(complaints).toEqual([]);
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

  function tile(name: string): Promise<string | null> {
    return page.locator('.tile').filter({ hasText: name }).locator('.tile-value').textContent();
  }

  async function storedEvents() {
    const prisma = createPrisma({ databaseUrl: database.url, maxConnections: 1, applicationName: 'e2e' });
    const events = await prisma.event.findMany({ orderBy: { occurredAt: 'asc' } });
    await prisma.$disconnect();
    return events;
  }

  async function idOf(email: string): Promise<string | undefined> {
    const prisma = createPrisma({ databaseUrl: database.url, maxConnections: 1, applicationName: 'e2e' });
    const user = await prisma.user.findUnique({ where: { email } });
    await prisma.$disconnect();
    return user?.id;
  }
});
