import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { openBrowser } from './test-support/client-browser.ts';
import { openSite } from './test-support/client-site.ts';
import { flush, search } from './test-support/tracking.ts';

const SLOW = { timeout: 60_000 };
const SOON_MS = 2_000;
const KEEPALIVE_BYTES = 65_536;

test('events that fill a request are sent at once, however few they are', SLOW, async () => {
  await using site = await openSite();
  await using browser = await openBrowser();
  const page = await browser.open(site.page());
  await search(page, 1);
  expect(await flush(page)).toBe(0);
  const sent = site.deliveries.length;
  const began = Date.now();
  // Ten of 9 kB: more than one request holds.
  await page.evaluate(() =>
    Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        window.analytics.track('search_performed', { query: `no. ${n}`, filters: { tags: 'x'.repeat(9_000) } }),
      ),
    ),
  );
  await eventually(() => site.deliveries.length >= sent + 2, { timeoutMs: 5_000 });
  const [first, second] = site.deliveries.slice(sent);
  expect((first?.at ?? 0) - began).toBeLessThan(SOON_MS - 500);
  expect([first?.keys.length, second?.keys.length]).toEqual([6, 4]);
  expect(Math.max(...site.deliveries.map(({ bytes }) => bytes))).toBeLessThan(KEEPALIVE_BYTES);
  await eventually(async () => (await site.stored()).length === 11);
});
