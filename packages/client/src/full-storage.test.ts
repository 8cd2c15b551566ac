import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { openBrowser } from './test-support/client-browser.ts';
import { openSite } from './test-support/client-site.ts';
import { deviceOf, flush } from './test-support/tracking.ts';

const SLOW = { timeout: 90_000 };
const QUOTA_BYTES = 300_000;
/** Of 20 kB each: more than the quota holds. */
const EVENTS = 30;

test(
  'a device that runs full: events go on in memory, none is lost while the page lives, and it says so',
  SLOW,
  async () => {
    await using site = await openSite();
    await using browser = await openBrowser();
    const page = await browser.context.newPage();
    await page.goto(`${site.origin}/blank`);
    // Before the first write: the browser remembers for a while how much room there was.
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: site.origin, quotaSize: QUOTA_BYTES });
    await page.goto(site.page());
    await page.waitForFunction(() => 'analytics' in window);
    site.mood = () => 'hang up';
    const keys = await page.evaluate(async (most) => {
      const tracked: (string | null)[] = [];
      for (let n = 0; n < most; n += 1) {
        const props = { query: `no. ${n}`, filters: { tags: 'x'.repeat(20_000) } };
        tracked.push(await window.analytics.track('search_performed', props));
      }
      return tracked;
    }, EVENTS);
    expect(new Set(keys).size).toBe(EVENTS);
    expect(keys).not.toContain(null);
    expect(await page.evaluate(() => window.complaints)).toContainEqual(expect.stringContaining('Quota'));
    const { queued } = await deviceOf(page);
    expect(queued).toBeGreaterThan(0);
    expect(queued).toBeLessThan(EVENTS);
    // Nothing was dropped: the receipts are still to come.
    expect(await page.evaluate(() => window.receipts)).toEqual([]);

    site.mood = null;
    await eventually(async () => (await flush(page)) === 0, { timeoutMs: 30_000 });
    const receipts = await page.evaluate(() => window.receipts);
    expect(receipts.map(({ key }) => key).sort()).toEqual([...keys].sort());
    expect(new Set(receipts.map(({ receipt }) => receipt.status))).toEqual(new Set(['accepted']));

    // What the device has still is sent again by the next page, and stored once.
    const sent = site.deliveries.length;
    await page.reload();
    await page.waitForFunction(() => 'analytics' in window);
    await eventually(async () => (await flush(page)) === 0);
    expect(site.deliveries.slice(sent).flatMap((delivery) => delivery.keys)).toHaveLength(queued);
    expect(await deviceOf(page)).toMatchObject({ queued: 0 });
    expect((await site.stored()).map(({ key }) => key).sort()).toEqual([...keys].sort());
  },
);
