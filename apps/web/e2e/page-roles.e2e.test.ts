import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import { PAGES } from '@tallymark/dashboard/pages';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DashboardWorld, openDashboard } from './test-support/dashboard-world.ts';
import { settled } from './test-support/read-page.ts';
import { addViewer } from './test-support/viewer.ts';

const START_MS = 120_000;
const JOURNEY_MS = 90_000;
const ACTION_MS = 10_000;
const SOON = { timeout: 5_000 };

const addressOf = (path: string) => (path ? `/admin/${path}` : '/admin');

/** A page as the router of the browser asks for it when a link is followed. */
async function payloadOf(page: Page, path: string): Promise<string> {
  const followed = await page.request.get(addressOf(path), { headers: { rsc: '1' } });
  return followed.text();
}

describe('pages and who may open them', () => {
  let world: DashboardWorld;

  beforeAll(async () => {
    world = await openDashboard();
  }, START_MS);

  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  /** A browser of its own, nobody signed in. `asked` are the requests for data that pages have made. */
  async function stranger(): Promise<{ page: Page; asked: string[] }> {
    const browser = world.page.context().browser();
    if (!browser) throw new Error('The browser is not running.');
    const page = await browser.newPage({ baseURL: world.baseUrl });
    page.setDefaultTimeout(ACTION_MS);
    const asked: string[] = [];
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      // The page that somebody signs in on sends events of its own.
      if (/^\/api\/(trpc|reports)/.test(pathname) && !pathname.includes('eventIngestion.t')) asked.push(pathname);
    });
    return { page, asked };
  }

  it(
    'a stranger is sent to sign in, from each page and back to it, and told nothing',
    async () => {
      const { page, asked } = await stranger();
      for (const { path } of PAGES) {
        await page.goto(addressOf(path));
        const { pathname, searchParams } = new URL(page.url());
        expect([pathname, searchParams.get('next')]).toEqual(['/login', addressOf(path)]);
        await page.getByLabel('Password').waitFor();
      }
      expect(asked).toEqual([]);
      await page.close();
    },
    JOURNEY_MS,
  );

  it(
    'a viewer sees the pages of a viewer, and is refused those of admins in words and without data',
    async () => {
      const login = await addViewer(world.prisma, DEFAULT_SITE_ID);
      const { page, asked } = await stranger();
      await page.goto('/login?next=/admin');
      await page.getByLabel('Email').fill(login.email);
      await page.getByLabel('Password').fill(login.password);
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.waitForURL(({ pathname }) => pathname === '/admin');
      const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
      await links.first().waitFor();
      const allowed = PAGES.filter(({ role }) => role === 'viewer').map(({ title }) => title as string);
      expect(await links.allTextContents()).toEqual(allowed);
      await expect.poll(() => asked.length, SOON).toBeGreaterThan(0);
      // A question that is still on its way would count for the next page.
      await settled(page);
      await page.waitForLoadState('networkidle');
      expect(await payloadOf(page, 'live')).toContain('trpcUrl');

      const closed = PAGES.filter(({ role }) => role === 'admin');
      expect(closed.map(({ path }) => path as string)).toEqual(
        expect.arrayContaining(['pipeline', 'plan', 'settings']),
      );
      for (const { path } of closed) {
        asked.length = 0;
        const answer = await page.goto(addressOf(path), { waitUntil: 'networkidle' });
        expect([path, answer?.status()]).toEqual([path, 403]);
        await page.getByRole('heading', { name: 'This page is for admins.' }).waitFor();
        expect(await page.getByRole('navigation').count()).toBe(0);
        expect(asked).toEqual([]);
        expect(await payloadOf(page, path)).not.toContain('trpcUrl');
      }
      await page.close();
    },
    JOURNEY_MS,
  );
});
