import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCable } from './test-support/cable.ts';
import { type DashboardWorld, figureOf, lookAt, openDashboard } from './test-support/dashboard-world.ts';

const START_MS = 120_000;
const JOURNEY_MS = 90_000;
const SOON = { timeout: 5_000 };

const [one, two, three, four] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()] as const;

describe('the page of what happens now', () => {
  let world: DashboardWorld;

  beforeAll(async () => {
    world = await openDashboard();
  }, START_MS);

  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  it(
    'shows events as they are accepted, stands still while it is paused, and goes on after a lost connection',
    async () => {
      const { page, prisma } = world;
      // Cookies are those of the host, whatever the port.
      await using cable = await openCable(world.baseUrl);
      await page.goto(`${cable.baseUrl}/admin/live`);
      // Counted is what comes once the stream is watched.
      await expect.poll(() => tile('Events, last minute'), SOON).toMatch(/^\d+$/);
      await page.getByRole('status').getByText('Live').waitFor();
      await send(one, two);
      const rows = page.getByRole('row').filter({ hasText: 'asset_viewed' });
      await expect.poll(() => rows.count(), SOON).toBe(2);
      expect(await rows.first().textContent()).toContain(two);
      // Whoever has just logged in has left events of other types.
      await expect.poll(() => tile('Most frequent, last minute'), SOON).toContain('asset_viewed2');

      await page.getByRole('button', { name: 'Pause' }).click();
      await send(three);
      await page.getByRole('button', { name: 'Go on (1 new)' }).waitFor();
      expect(await rows.count()).toBe(2);
      await page.getByRole('button', { name: 'Go on (1 new)' }).click();
      await expect.poll(() => rows.count(), SOON).toBe(3);

      cable.cut();
      await page.getByText('Connection lost, trying again').waitFor();
      await send(four);
      cable.mend();
      await page.getByText('Connected again after', { exact: false }).waitFor();
      await expect.poll(() => rows.count(), SOON).toBe(4);
      expect(await rows.first().textContent()).toContain(four);

      await page.getByRole('button', { name: 'license_signed', exact: true }).click();
      await expect.poll(() => rows.count(), SOON).toBe(0);
      await page.getByRole('button', { name: 'All types' }).click();
      await expect.poll(() => rows.count(), SOON).toBe(4);

      await page.request.post('/api/trpc/eventIngestion.forceFlush', { data: { json: null } });
      const stored = `SELECT count(*) FROM events WHERE entity_id IN ('${[one, two, three, four].join("','")}')`;
      await expect.poll(() => figureOf(prisma, stored), SOON).toBe(await rows.count());
      expect(await lookAt(page, 'live')).toEqual([]);
    },
    JOURNEY_MS,
  );

  function tile(name: string): Promise<string | null> {
    return world.page.locator('dl > div').filter({ hasText: name }).locator('dd').first().textContent();
  }

  /** Each in a request of its own, so that they come in that order. */
  async function send(...assets: string[]): Promise<void> {
    for (const entityId of assets) {
      const response = await fetch(`${world.baseUrl}/api/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0' },
        body: JSON.stringify({
          events: [
            {
              eventType: 'asset_viewed',
              source: 'web',
              entityType: 'asset',
              entityId,
              props: {},
              idempotencyKey: `live ${entityId}`,
            },
          ],
        }),
      });
      expect((await response.json()).receipts).toEqual([expect.objectContaining({ status: 'accepted' })]);
    }
  }
});
