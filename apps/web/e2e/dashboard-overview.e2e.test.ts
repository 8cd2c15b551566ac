import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DashboardWorld, figureOf, lookAt, openDashboard } from './test-support/dashboard-world.ts';

const START_MS = 120_000;
const JOURNEY_MS = 60_000;
const SOON = { timeout: 5_000 };

describe('Overview, beside SQL on the same database', () => {
  let world: DashboardWorld;

  beforeAll(async () => {
    world = await openDashboard();
  }, START_MS);

  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  const tile = (title: string) =>
    world.page.locator('dl > div').filter({ has: world.page.getByText(title, { exact: true }) });

  it(
    'shows the period in numbers, and a click on a value makes it a filter that the URL keeps',
    async () => {
      const { page, prisma } = world;
      await page.goto('/admin?period=30d');
      const since = `occurred_at >= now() - interval '30 days'`;
      const visitors = await figureOf(prisma, `SELECT count(DISTINCT visitor_id) FROM events WHERE ${since}`);
      const events = await figureOf(prisma, `SELECT count(*) FROM events WHERE ${since}`);
      const views = await figureOf(prisma, `SELECT count(*) FROM events WHERE ${since} AND event_type = 'page_viewed'`);
      const sessions = await figureOf(
        prisma,
        `SELECT count(DISTINCT a.session_json ->> 'id') FROM events e JOIN attribution a ON a.event_id = e.id WHERE ${since}`,
      );
      const signed = await figureOf(
        prisma,
        `SELECT count(DISTINCT a.session_json ->> 'id') FROM events e JOIN attribution a ON a.event_id = e.id
         WHERE ${since} AND e.event_type = 'license_signed'`,
      );
      const shown = async (title: string) => (await tile(title).locator('dd').first().textContent())?.trim();
      await expect.poll(() => shown('Visitors'), SOON).toBe(String(visitors));
      expect(await shown('Sessions')).toBe(String(sessions));
      expect(await shown('Events')).toBe(String(events));
      expect(await shown('Page views')).toBe(String(views));
      expect(await shown('Sessions that convert')).toBe(`${Math.round((signed / sessions) * 1_000) / 10} %`);
      expect(await lookAt(page, 'overview')).toEqual([]);

      const rows = page
        .locator('section')
        .filter({ has: page.getByRole('heading', { name: 'Pages' }) })
        .getByRole('row');
      const path = await rows.nth(1).getByRole('button').first().textContent();
      const count = await rows.nth(1).getByRole('cell').textContent();
      expect(Number(count)).toBe(
        await figureOf(prisma, `SELECT count(*) FROM events WHERE ${since} AND props_json ->> 'path' = '${path}'`),
      );
      await page
        .getByRole('button', { name: path ?? '', exact: true })
        .first()
        .press('Enter');
      await page.getByRole('button', { name: 'Remove the filter on page' }).waitFor();
      await expect.poll(() => shown('Events'), SOON).toBe(count);
      await page.reload();
      await expect.poll(() => shown('Events'), SOON).toBe(count);
      await page.getByRole('button', { name: 'Remove the filter on page' }).click();
      await expect.poll(() => shown('Events'), SOON).toBe(String(events));
    },
    JOURNEY_MS,
  );

  it(
    'draws the metric that is picked, with the period before or without',
    async () => {
      const { page } = world;
      await page.goto('/admin?period=7d');
      await page.getByRole('img', { name: /^Visitors from/ }).waitFor();
      await page.getByRole('button', { name: 'Page views' }).press('Enter');
      await page.getByRole('img', { name: /^Page views from/ }).waitFor();
      expect(new URL(page.url()).searchParams.get('metric')).toBe('page_views');
      const dashed = page.locator('path[stroke-dasharray="4 4"]');
      await expect.poll(() => dashed.count(), SOON).toBe(1);
      await page.getByLabel('Compare with the period before').uncheck();
      await expect.poll(() => dashed.count(), SOON).toBe(0);
      expect(world.complaints).toEqual([]);
    },
    JOURNEY_MS,
  );
});
