import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { figureOf, lookAt } from './test-support/dashboard-world.ts';
import { type MarketWorld, openMarket } from './test-support/market-world.ts';
import { cells, count, settled, tile } from './test-support/read-page.ts';

const START_MS = 120_000;
const JOURNEY_MS = 90_000;
const SOON = { timeout: 8_000 };

describe('campaigns and assets, beside SQL on the same database', () => {
  let world: MarketWorld;

  beforeAll(async () => {
    world = await openMarket();
  }, START_MS);

  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  const euros = (cents: number) =>
    new Intl.NumberFormat('en', {
      style: 'currency',
      currency: 'USD',
      maximumFractionDigits: cents >= 100_000 ? 0 : 2,
    }).format(cents / 100);

  it(
    'Campaigns: sums with their errors, sorted rows, one campaign alone',
    async () => {
      const { page, prisma } = world;
      await page.goto('/admin/campaigns');
      const weight = 'sum(count * 100 / sampling_rate)';
      const of = (type: string, what = weight) =>
        figureOf(prisma, `SELECT ${what} FROM events WHERE event_type = '${type}'`);
      const impressions = await of('campaign_impression');
      // Half of them are estimates, so that the sum says how far it may be off.
      await expect
        .poll(() => tile(page, 'Impressions').textContent(), SOON)
        .toMatch(new RegExp(`^${count(impressions)}±`));
      expect(await tile(page, 'Clicks').textContent()).toBe(count(await of('element_clicked')));
      expect(await tile(page, 'Conversions').textContent()).toBe(count(await of('campaign_conversion')));
      const value = await of('campaign_conversion', `sum((props_json ->> 'value')::float8)`);
      expect(await tile(page, 'Value').textContent()).toBe(euros(value));
      await page.getByRole('img', { name: /^Impressions from / }).waitFor();

      const campaigns = 'Campaigns and their figures';
      await page.getByRole('button', { name: 'Clicks', exact: true }).press('Enter');
      await expect.poll(() => new URL(page.url()).searchParams.get('sort'), SOON).toBe('clicks');
      const clicksOf = (campaign: string) =>
        figureOf(
          prisma,
          `SELECT count(*) FROM events WHERE event_type = 'element_clicked' AND props_json ->> 'campaignId' = '${campaign}'`,
        );
      expect((await cells(page, campaigns, 'autumn-portraits'))[1]).toBe(count(await clicksOf('autumn-portraits')));
      expect((await cells(page, campaigns, 'Total'))[1]).toBe(count(await of('element_clicked')));
      const clicks = () => page.getByRole('table', { name: campaigns }).getByRole('row').allTextContents();
      await expect.poll(async () => (await clicks())[1], SOON).toMatch(/^autumn-portraits/);
      await page.getByRole('button', { name: 'Clicks', exact: true }).press('Enter');
      await expect.poll(async () => (await clicks())[3], SOON).toMatch(/^autumn-portraits/);
      const touched = await cells(page, 'Conversions by touch', 'autumn-portraits');
      expect(touched[0]).toMatch(/^\d+$/);
      await settled(page);
      expect(await lookAt(page, 'campaigns')).toEqual([]);

      await page.getByRole('button', { name: 'autumn-portraits' }).click();
      await page.getByRole('heading', { name: 'autumn-portraits' }).waitFor();
      await expect.poll(() => tile(page, 'Clicks').textContent(), SOON).toBe(count(await clicksOf('autumn-portraits')));
      await settled(page);
      expect(await lookAt(page, 'campaign')).toEqual([]);
      await page.goBack();
      await expect.poll(() => tile(page, 'Clicks').textContent(), SOON).toBe(count(await of('element_clicked')));
    },
    JOURNEY_MS,
  );

  it(
    'Assets: named, sorted, searched, and one of them by itself',
    async () => {
      const { page, prisma } = world;
      await page.goto('/admin/assets');
      const events = await figureOf(prisma, `SELECT count(*) FROM events WHERE entity_type = 'asset'`);
      await expect.poll(() => tile(page, 'Events').textContent(), SOON).toBe(count(events));
      expect(await tile(page, 'Entities').textContent()).toBe('5');
      const id = '00000000-0000-4000-8000-000000000000';
      const ofAsset = (what: string, type = '') =>
        figureOf(prisma, `SELECT ${what} FROM events WHERE entity_id = '${id}' AND event_type LIKE '${type}%'`);
      const table = 'What happened to each asset';
      await page.getByRole('button', { name: 'Harbour at Dawn' }).waitFor();
      await expect
        .poll(() => cells(page, table, 'Harbour at Dawn'), SOON)
        .toEqual([
          count(await ofAsset('count(DISTINCT visitor_id)')),
          count(await ofAsset('count(*)')),
          count(await ofAsset('count(*)', 'asset_viewed')),
          count(await ofAsset('count(*)', 'asset_downloaded')),
        ]);
      const downloads = await figureOf(
        prisma,
        `SELECT max(n) FROM (SELECT count(*) AS n FROM events WHERE event_type = 'asset_downloaded' GROUP BY entity_id) AS each`,
      );
      await page.getByRole('button', { name: 'asset downloaded' }).click();
      const first = page.getByRole('table', { name: table }).getByRole('row').nth(1).getByRole('cell').nth(3);
      await expect.poll(() => first.textContent(), SOON).toBe(count(downloads));
      await settled(page);
      expect(await lookAt(page, 'assets')).toEqual([]);

      await page.getByLabel('Find by name or id').fill('copper');
      await expect.poll(() => page.getByRole('table', { name: table }).getByRole('row').count(), SOON).toBe(2);
      await page.getByLabel('Find by name or id').fill('harbour');
      await page.getByRole('button', { name: 'Harbour at Dawn' }).click();
      await page.getByRole('heading', { name: 'Harbour at Dawn' }).waitFor();
      await expect.poll(() => tile(page, 'Events').textContent(), SOON).toBe(count(await ofAsset('count(*)')));
      await expect
        .poll(() => tile(page, 'Visitors').textContent(), SOON)
        .toBe(count(await ofAsset('count(DISTINCT visitor_id)')));
      await page.getByText('approved').waitFor();
      const latest = page.getByRole('table', { name: 'Latest events' }).getByRole('row');
      await expect.poll(() => latest.count(), SOON).toBe(Math.min(10, await ofAsset('count(*)')) + 1);
      await settled(page);
      expect(await lookAt(page, 'asset')).toEqual([]);

      await page.goto('/admin/assets?type=license');
      const value = await figureOf(
        prisma,
        `SELECT sum((props_json ->> 'feeCents')::float8) FROM events WHERE entity_type = 'license'`,
      );
      await expect.poll(() => tile(page, 'Value').textContent(), SOON).toBe(euros(value));
    },
    JOURNEY_MS,
  );
});
