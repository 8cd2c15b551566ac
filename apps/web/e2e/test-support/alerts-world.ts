import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createPrisma, type PrismaClient } from '@tallymark/prisma/client';
import { testBrowser } from '@tallymark/testing/browser';
import { cloneDatabase } from '@tallymark/testing/database';
import { testRedis } from '@tallymark/testing/redis';
import type { Page } from 'playwright-core';
import { ensureLogins } from '../../scripts/demo-logins.ts';
import { launchBrowser } from '../browser.ts';
import { startWeb } from '../web-process.ts';
import { hydrated } from './hydrated.ts';
import { storeJourneys } from './journeys.ts';

const ACTION_MS = 10_000;
const PASSWORD = 'a-password-for-this-test';
const SALT = 'only-for-this-test';
const JOBS = fileURLToPath(new URL('../../../../jobs', import.meta.url));

export interface AlertsWorld extends AsyncDisposable {
  /** An admin is signed in. */
  readonly page: Page;
  readonly prisma: PrismaClient;
  /** A page of somebody else, whom the product knows by that address and who sees the one site with that role. */
  pageOf(member: { readonly email: string; readonly role: 'viewer' | 'editor' }): Promise<Page>;
  /** Runs a worker process, whose schedules have their first turn at once, until `done`. */
  withWorker(done: () => Promise<unknown>): Promise<void>;
  /** What the browser has complained about. */
  readonly complaints: string[];
}

/** The built app over visits of the last days, with an admin signed in in a browser in UTC, and worker processes on demand. */
export async function openAlerts(): Promise<AlertsWorld> {
  const [database, space, program] = await Promise.all([cloneDatabase(), testRedis(), testBrowser()]);
  const prisma = createPrisma({ databaseUrl: database.url, maxConnections: 2, applicationName: 'e2e-alerts' });
  const { admin } = await ensureLogins(prisma, { adminPassword: PASSWORD, report: () => {} });
  await storeJourneys(database.url, new Date());
  const stores = { databaseUrl: database.url, redisUrl: space.url, redisPrefix: space.prefix };
  const [web, browser] = await Promise.all([startWeb(stores), launchBrowser(program)]);
  const complaints: string[] = [];
  const signIn = async (email: string) => {
    const options = { baseURL: web.baseUrl, timezoneId: 'UTC', locale: 'en-GB', reducedMotion: 'reduce' } as const;
    const context = await browser.newContext(options);
    // What is counted here must not grow by its own page views: the studio tracks nobody who asks for privacy.
    await context.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
    const page = hydrated(await context.newPage());
    page.setDefaultTimeout(ACTION_MS);
    await page.goto('/login?next=/admin/alerts');
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.waitForURL(({ pathname }) => pathname === '/admin/alerts');
    // From here on: the login is a page of the studio, which this world has no data for.
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    return page;
  };
  const env = { DATABASE_URL: database.url, REDIS_URL: space.url, REDIS_PREFIX: space.prefix };
  return {
    page: await signIn(admin.email),
    prisma,
    complaints,
    pageOf: async ({ email, role }) => {
      const { password } = await prisma.account.findFirstOrThrow({ where: { user: { email: admin.email } } });
      const user = await prisma.user.create({ data: { email, name: email, role: 'member', emailVerified: true } });
      await prisma.account.create({
        data: { userId: user.id, accountId: user.id, providerId: 'credential', password },
      });
      const { id: siteId } = await prisma.site.findFirstOrThrow();
      await prisma.siteMember.create({ data: { siteId, userId: user.id, role } });
      return signIn(email);
    },
    withWorker: (done) => runWorker({ ...env, TRACKING_HASH_SALT: SALT }, done),
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await prisma.$disconnect();
      await web.stop();
      await space[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** As an app, this one knows nothing of the folder of the jobs but that it can be started. */
async function runWorker(env: Readonly<Record<string, string>>, done: () => Promise<unknown>): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'main.ts'], {
    cwd: JOBS,
    env: { PATH: process.env.PATH, NODE_ENV: 'test', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const ended = once(child, 'exit');
  const early = ended.then(() => {
    throw new Error(`The worker process ended early:\n${output}`);
  });
  try {
    await Promise.race([done(), early]);
  } catch (cause) {
    throw new Error(`${cause instanceof Error ? cause.message : cause}\nThe worker process has written:\n${output}`, {
      cause,
    });
  } finally {
    early.catch(() => {});
    child.kill('SIGTERM');
    await ended;
  }
}
