import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { openBrowser } from './test-support/client-browser.ts';
import { openSite } from './test-support/client-site.ts';
import { flush, search } from './test-support/tracking.ts';

const SLOW = { timeout: 60_000 };

test(
  'a page that comes back from the cache goes on: its events are stored once, and it hears of each once',
  SLOW,
  async () => {
    await using site = await openSite();
    await using browser = await openBrowser({ backForwardCache: true });
    const page = await browser.open(site.page());
    await search(page, 1);
    expect(await flush(page)).toBe(0);
    await page.evaluate(() => {
      addEventListener('pageshow', ({ persisted }) => Object.assign(window, { cameBack: persisted }));
    });
    const [left] = await search(page, 1);
    const sent = site.deliveries.length;
    await page.goto(`${site.origin}/blank`);
    // The page is frozen with its queue; what it left behind is here.
    await eventually(() => site.deliveries.length > sent);
    expect(site.deliveries.at(-1)?.keys).toEqual([left]);
    // A page from the cache is there already: it loads nothing.
    await page.goBack({ waitUntil: 'commit' });
    await page.waitForFunction(() => (window as unknown as { cameBack?: boolean }).cameBack === true);

    const [back] = await search(page, 1);
    // Another tab may be the one that sends: the page listens to it again.
    const tab = await browser.open(site.page());
    expect(await flush(tab)).toBe(0);
    const heard = await eventually(async () => {
      const receipts = await page.evaluate(() => window.receipts);
      return receipts.length >= 3 && receipts;
    });
    expect(heard.slice(1).map(({ key }) => key)).toEqual([left, back]);
    expect(heard[1]?.receipt.status).toBe('duplicate');
    expect(heard[2]?.receipt.status).toBe('accepted');
    expect((await site.stored()).map(({ key }) => key).slice(1)).toEqual([left, back]);
  },
);
