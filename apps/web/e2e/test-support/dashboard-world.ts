import { mkdir } from 'node:fs/promises';
import { createPrisma, type PrismaClient } from '@tallymark/prisma/client';
import { testBrowser } from '@tallymark/testing/browser';
import { cloneDatabase } from '@tallymark/testing/database';
import { testRedis } from '@tallymark/testing/redis';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../browser.ts';
import { fillWithDemoData } from '../demo-data.ts';
import { startWeb } from '../web-process.ts';
import { hydrated } from './hydrated.ts';
import { storeJourneys } from './journeys.ts';
import { settled } from './read-page.ts';

const ACTION_MS = 10_000;

export interface DashboardWorld extends AsyncDisposable {
  /** An admin is signed in. */
  readonly page: Page;
  readonly baseUrl: string;
  readonly prisma: PrismaClient;
  /** What the browser has complained about. */
  readonly complaints: string[];
}

/** The built app over visits of the last days, and a browser in UTC that an admin is signed in with. */
export async function openDashboard(): Promise<DashboardWorld> {
  const [database, redis, program] = await Promise.all([cloneDatabase(), testRedis(), testBrowser()]);
  const admin = await fillWithDemoData(database.url);
  await storeJourneys(database.url, new Date());
  const stores = { databaseUrl: database.url, redisUrl: redis.url, redisPrefix: redis.prefix };
  const [web, browser] = await Promise.all([startWeb(stores), launchBrowser(program)]);
  const prisma = createPrisma({ databaseUrl: database.url, maxConnections: 2, applicationName: 'e2e' });
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
  await page.goto('/login?next=/admin/events');
  await page.getByLabel('Email').fill(admin.email);
  await page.getByLabel('Password').fill(admin.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(({ pathname }) => pathname === '/admin/events');
  return {
    page,
    baseUrl: web.baseUrl,
    prisma,
    complaints,
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await prisma.$disconnect();
      await web.stop();
      await redis[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** The first number a query answers with. */
export async function figureOf(prisma: PrismaClient, sql: string): Promise<number> {
  const [row] = await prisma.$queryRawUnsafe<Record<string, unknown>[]>(sql);
  return Number(Object.values(row ?? {})[0]);
}

/** What axe finds serious or worse on the page, as `rule: element`. */
async function seriousIssues(page: Page): Promise<string[]> {
  // Evaluated and not added as a script: the content security policy allows none but the app's own.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

const MODES = [
  { mode: 'light', width: 1_280, dark: false },
  { mode: 'dark', width: 1_280, dark: true },
  { mode: 'phone', width: 360, dark: false },
] as const;
const HEIGHT = 900;

/**
 * Goes through light, dark and the width of a phone: what axe finds there, and whether the page is wider than the window.
 * Takes a picture of each where TALLYMARK_SHOTS names a folder.
 */
export async function lookAt(page: Page, name: string): Promise<string[]> {
  const folder = process.env.TALLYMARK_SHOTS;
  const found: string[] = [];
  if (folder) await mkdir(folder, { recursive: true });
  for (const { mode, width, dark } of MODES) {
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    await page.setViewportSize({ width, height: HEIGHT });
    // The dashboard has a theme of its own; the studio's pages follow the system.
    if ((await page.locator('.tallymark').count()) > 0) {
      await page.locator(dark ? '.tallymark.dark' : '.tallymark:not(.dark)').waitFor();
    }
    await settled(page);
    if (folder) await page.screenshot({ path: `${folder}/${name}-${mode}.png`, fullPage: true });
    found.push(...(await seriousIssues(page)).map((issue) => `${mode}: ${issue}`));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (wide > 0) found.push(`${mode}: ${wide} px wider than the window`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: MODES[0].width, height: HEIGHT });
  return found;
}
