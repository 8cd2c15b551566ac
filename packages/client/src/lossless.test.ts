import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { openBrowser } from './test-support/client-browser.ts';
import { type ClientSite, openSite } from './test-support/client-site.ts';
import { flush, search } from './test-support/tracking.ts';

const SLOW = { timeout: 60_000 };

const keysOf = async (site: ClientSite) => (await site.stored()).map(({ key }) => key).sort();

test('browse, go offline, browse, reload, kill the browser, come back: each event once', SLOW, async () => {
  await using site = await openSite();
  await using browser = await openBrowser();
  const page = await browser.open(site.page());
  const online = await search(page, 3);
  expect(await flush(page)).toBe(0);
  await browser.context.setOffline(true);
  const offline = await search(page, 60);
  expect(await flush(page)).toBe(60);
  // The server is away still, while the pages come from somewhere else.
  site.mood = () => 'hang up';
  await browser.context.setOffline(false);
  await page.reload();
  await page.waitForFunction(() => 'analytics' in window);
  const reloaded = await search(page, 5);
  await browser.kill();
  expect(await keysOf(site)).toEqual([...online].sort());
  site.mood = null;
  await browser.start();
  const back = await browser.open(site.page());
  const last = await search(back, 2);
  await eventually(async () => (await flush(back)) === 0);
  expect(await keysOf(site)).toEqual([...online, ...offline, ...reloaded, ...last].sort());
  expect(new Set(site.deliveries.map((delivery) => delivery.site))).toEqual(new Set(['tm_test']));
  expect(Math.max(...site.deliveries.map(({ keys }) => keys.length))).toBe(50);
});

test('an answer that is lost is asked for again, and the event is stored once', SLOW, async () => {
  await using site = await openSite();
  await using browser = await openBrowser();
  const page = await browser.open(site.page());
  const first = await search(page, 1);
  expect(await flush(page)).toBe(0);
  site.delayMs = 2_000;
  const keys = await search(page, 4);
  // The server takes the request, and the browser is gone before it hears of it.
  const sent = flush(page).catch(() => null);
  await eventually(() => site.deliveries.length === 2);
  await browser.kill();
  await sent;
  await eventually(async () => (await site.stored()).length === 5);
  site.delayMs = 0;
  await browser.start();
  const back = await browser.open(site.page());
  await eventually(async () => (await flush(back)) === 0);
  expect(await keysOf(site)).toEqual([...first, ...keys].sort());
  expect(site.deliveries.flatMap((delivery) => delivery.keys).filter((key) => key === keys[0])).toHaveLength(2);
});

test('two tabs work on one queue, one sends at a time, and each hears of its own events once', SLOW, async () => {
  await using site = await openSite();
  await using browser = await openBrowser();
  const tabs = [await browser.open(site.page()), await browser.open(site.page())];
  site.delayMs = 150;
  const keys = (await Promise.all(tabs.map((tab) => search(tab, 70)))).map((list) => [...list].sort());
  const left = await Promise.all(tabs.map(flush));
  expect(left).toEqual([0, 0]);
  expect(await keysOf(site)).toEqual(keys.flat().sort());
  expect(site.together()).toBe(1);
  // Nothing was sent twice.
  expect(site.deliveries.flatMap((delivery) => delivery.keys).sort()).toEqual(keys.flat().sort());
  for (const [at, tab] of tabs.entries()) {
    const heard = await eventually(async () => {
      const receipts = await tab.evaluate(() => window.receipts);
      return receipts.length >= 70 && receipts;
    });
    expect(heard.map(({ key }) => key).sort()).toEqual(keys[at]);
    expect(new Set(heard.map(({ receipt }) => receipt.status))).toEqual(new Set(['accepted']));
  }
});

test.each([
  ['keepalive', 80, true],
  ['sendBeacon, where there is no keepalive', 80, true],
  ['keepalive, a second after the first event of all', 1_000, false],
])('a page that is closed leaves its last event behind: %s', SLOW, async (way, closesAfterMs, known) => {
  await using site = await openSite();
  await using browser = await openBrowser();
  if (way.startsWith('sendBeacon')) {
    await browser.context.addInitScript(() => Reflect.deleteProperty(Request.prototype, 'keepalive'));
  }
  const opener = await browser.context.newPage();
  await opener.goto(`${site.origin}/blank`);
  const opened = browser.context.waitForEvent('page');
  await opener.evaluate((url) => void window.open(url), site.page());
  const page = await opened;
  await page.waitForFunction(() => 'analytics' in window);
  if (known) {
    await search(page, 1);
    expect(await flush(page)).toBe(0);
  }
  const sent = site.deliveries.length;
  const closed = page.waitForEvent('close');
  const key = await page.evaluate((ms) => {
    setTimeout(() => window.close(), ms);
    return window.analytics.track('search_performed', { query: 'the last' });
  }, closesAfterMs);
  await closed;
  await eventually(() => site.deliveries.length > sent, { timeoutMs: 1_500 });
  expect(site.deliveries.at(-1)?.keys).toEqual([key]);
  await eventually(async () => (await keysOf(site)).includes(key));
  // The device has it still, and sends it again when somebody comes back.
  const back = await browser.open(site.page());
  expect(await flush(back)).toBe(0);
  expect(site.deliveries.flatMap(({ keys }) => keys).filter((sentKey) => sentKey === key)).toHaveLength(2);
  expect(await site.stored()).toHaveLength(known ? 2 : 1);
});
