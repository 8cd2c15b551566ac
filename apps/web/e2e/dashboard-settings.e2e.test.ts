import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DashboardWorld, figureOf, lookAt, openDashboard } from './test-support/dashboard-world.ts';

const START_MS = 120_000;
const JOURNEY_MS = 60_000;
const SOON = { timeout: 5_000 };

describe('the page Settings', () => {
  let world: DashboardWorld;

  beforeAll(async () => {
    world = await openDashboard();
  }, START_MS);

  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  it(
    'makes a key that the server takes at once, for the origins that it names, until it is revoked',
    async () => {
      const { page, prisma, baseUrl } = world;
      await page.goto('/admin/settings');
      await page.getByRole('button', { name: 'New key' }).press('Enter');
      const dialog = page.getByRole('dialog', { name: 'New key' });
      await dialog.getByLabel('Name').fill('Checkout');
      await dialog.getByLabel('Allowed origins').fill('shop.example');
      await dialog.getByRole('button', { name: 'Create the key' }).press('Enter');
      await dialog.getByRole('alert').filter({ hasText: 'no origin such as https://shop.example' }).waitFor();
      expect(await lookAt(page, 'settings-key')).toEqual([]);
      await dialog.getByLabel('Allowed origins').fill('https://shop.example\nhttps://*.shop.example');
      await dialog.getByRole('button', { name: 'Create the key' }).press('Enter');
      const row = page.getByRole('row', { name: /Checkout/ });
      const key = (await row.getByRole('code').textContent()) ?? '';
      expect(await prisma.siteKey.findUnique({ where: { key } })).toMatchObject({
        name: 'Checkout',
        origins: ['https://shop.example', 'https://*.shop.example'],
      });
      const send = async (origin: string) => {
        const events = [{ eventType: 'page_viewed', source: 'web', props: { path: '/pricing' } }];
        const body = JSON.stringify({ events });
        const headers = { 'content-type': 'application/json', origin };
        const response = await fetch(`${baseUrl}/api/events?site=${key}`, { method: 'POST', headers, body });
        return [response.status, response.headers.get('access-control-allow-origin')];
      };
      expect(await send('https://de.shop.example')).toEqual([200, 'https://de.shop.example']);
      expect(await send('https://evil.example')).toEqual([403, null]);
      expect(await lookAt(page, 'settings-sites')).toEqual([]);

      await row.getByRole('button', { name: 'Revoke the key Checkout' }).press('Enter');
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke it' }).press('Enter');
      await row.getByText(/^revoked/).waitFor();
      expect((await prisma.siteKey.findUniqueOrThrow({ where: { key } })).revokedAt).not.toBeNull();
    },
    JOURNEY_MS,
  );

  it(
    'is about one site on every page: what is named first by the alphabet does not get in',
    async () => {
      const { page, prisma } = world;
      const names = () => page.getByRole('combobox', { name: 'Site' }).textContent();
      await page.goto('/admin/settings');
      await page.getByRole('button', { name: 'New site' }).press('Enter');
      await page.getByRole('dialog').getByLabel('Name').fill('Aardvark');
      await page.getByRole('dialog').getByRole('button', { name: 'Create the site' }).press('Enter');
      await expect.poll(names, SOON).toBe('Aardvark');
      await page.getByRole('link', { name: 'Overview' }).click();
      await page.getByText('No events yet').waitFor();
      expect(await lookAt(page, 'overview-empty')).toEqual([]);

      await page.goto('/admin/events?eventType=page_viewed');
      await page.waitForURL(({ searchParams }) => searchParams.has('site'));
      expect(await names()).not.toBe('Aardvark');
      const link = page.url();
      const stored = await figureOf(
        prisma,
        `SELECT count(*) FROM events WHERE event_type = 'page_viewed' AND site_id = '${new URL(link).searchParams.get('site')}'`,
      );
      expect(stored).toBeGreaterThan(50);
      await page.getByRole('row').nth(50).waitFor();
      await page.getByRole('link', { name: 'Settings' }).click();
      await page.getByRole('tab', { name: 'Users and roles' }).press('Enter');
      await page.getByRole('heading', { name: /^Members of (?!Aardvark)/ }).waitFor();
    },
    JOURNEY_MS,
  );

  it(
    'gives roles, sets sampling and rules, and tells of all of it',
    async () => {
      const { page, prisma } = world;
      await page.goto('/admin/settings');
      await page.getByRole('tab', { name: 'Users and roles' }).press('Enter');
      await page.getByRole('button', { name: 'Add a member' }).press('Enter');
      await page.getByLabel('User id').fill('ada');
      await page.getByRole('button', { name: 'Add them' }).press('Enter');
      await page.getByRole('row', { name: /ada/ }).waitFor();
      expect(await prisma.siteMember.findMany({ where: { userId: 'ada' } })).toMatchObject([{ role: 'viewer' }]);
      expect(await lookAt(page, 'settings-users')).toEqual([]);

      await page.getByRole('tab', { name: 'Retention' }).press('Enter');
      await page.getByRole('button', { name: 'Set a rule' }).press('Enter');
      await page.getByLabel('Event type').fill('page_viewed');
      await page.getByLabel('Days it is kept').fill('1');
      const goes = page.getByRole('dialog').getByRole('status');
      await goes.getByText(/the next run removes [1-9]\d* events; without it, 0\./).waitFor();
      await page.getByLabel('Days it is kept').fill('400');
      await goes.getByText('the next run removes 0 events').waitFor();
      await page.getByRole('button', { name: 'Set it' }).press('Enter');
      await page.getByRole('row', { name: /page_viewed.*400 days/ }).waitFor();
      expect(await lookAt(page, 'settings-retention')).toEqual([]);

      await page.getByRole('tab', { name: 'Sampling' }).press('Enter');
      await page.getByRole('button', { name: 'Change the sampling of scrolled' }).press('Enter');
      await page.getByLabel('Visitors whose events are kept').fill('12.5');
      await page.getByRole('button', { name: 'Save' }).press('Enter');
      await page.getByRole('row', { name: /scrolled.*set here.*12.5 %/ }).waitFor();
      expect(await lookAt(page, 'settings-sampling')).toEqual([]);

      await page.getByRole('tab', { name: 'Audit log' }).press('Enter');
      const rows = page.getByRole('main').getByRole('row');
      const entered = () => figureOf(prisma, 'SELECT count(*) FROM audit_log');
      await expect.poll(async () => (await rows.count()) - 1, SOON).toBe(await entered());
      for (const procedure of ['sampling.set', 'retention.setRule', 'members.add']) {
        await page.getByRole('rowheader', { name: procedure }).waitFor();
      }
      expect(await lookAt(page, 'settings-audit')).toEqual([]);
      await page.goto('/admin/settings?tab=audit&what=sampling');
      await expect.poll(() => rows.count(), SOON).toBe(2);
      await page.getByText('Show', { exact: true }).click();
      await page.getByText('"samplingRate": 12.5').waitFor();
      expect(world.complaints.filter((line) => !line.includes('400'))).toEqual([]);
    },
    JOURNEY_MS,
  );
});
