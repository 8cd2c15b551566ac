import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { openBrowser } from './test-support/client-browser.ts';
import { openSite } from './test-support/client-site.ts';
import { deviceOf, flush, search } from './test-support/tracking.ts';

const SLOW = { timeout: 60_000 };
const EMPTY = { names: [], databases: 0, queued: 0, cookies: '' };
const AUTOCAPTURE = { pageViews: true, webVitals: true };

test('with Global Privacy Control on nothing is stored, and nothing sent', SLOW, async () => {
  await using site = await openSite();
  await using browser = await openBrowser();
  await browser.context.addInitScript(() => {
    Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });
  });
  const page = await browser.open(site.page({ autocapture: AUTOCAPTURE }));
  expect(await search(page, 2)).toEqual([null, null]);
  await page.evaluate(() => window.analytics.page());
  await flush(page);
  expect(await deviceOf(page)).toMatchObject({ names: [], queued: 0 });
  await page.goto(`${site.origin}/blank`);
  expect(site.calls()).toBe(0);
  // The same browser without the signal is tracked.
  const heard = await browser.open(site.page({ honorSignals: false }));
  expect(await search(heard, 1)).toEqual([expect.any(String)]);
});

test('where consent is required events wait in memory, in every tab, until it is given', SLOW, async () => {
  await using site = await openSite();
  await using browser = await openBrowser();
  const required = site.page({ consent: 'required' });
  const [page, tab] = [await browser.open(required), await browser.open(required)];
  for (const each of [page, tab]) {
    await each.evaluate(() => void window.analytics.track('search_performed', { query: 'early' }));
  }
  expect(await deviceOf(page)).toEqual(EMPTY);
  expect(site.calls()).toBe(0);
  await page.evaluate(() => window.analytics.consent(true));
  await eventually(async () => (await site.stored()).length === 2);
  expect(new Set((await site.stored()).map(({ visitorId }) => visitorId)).size).toBe(1);
  // Remembered.
  await page.reload();
  await page.waitForFunction(() => 'analytics' in window);
  expect(await search(page, 1)).toEqual([expect.any(String)]);
});

test('refused consent is remembered, and nothing else', SLOW, async () => {
  await using site = await openSite();
  await using browser = await openBrowser();
  const page = await browser.open(site.page({ consent: 'required' }));
  const waiting = page.evaluate(() => {
    const tracked = window.analytics.track('search_performed', { query: 'early' });
    return window.analytics.consent(false).then(() => tracked);
  });
  expect(await waiting).toBeNull();
  expect(await deviceOf(page)).toEqual({ ...EMPTY, names: ['consent'] });
  await page.reload();
  await page.waitForFunction(() => 'analytics' in window);
  expect(await search(page, 1)).toEqual([null]);
  expect(site.calls()).toBe(0);
});

test('opting out empties the device and ends the tracking, in other tabs too', SLOW, async () => {
  await using site = await openSite();
  await using browser = await openBrowser();
  const [page, tab] = [await browser.open(site.page()), await browser.open(site.page())];
  site.mood = () => 'hang up';
  const keys = await search(page, 3);
  await flush(page);
  expect(await deviceOf(page)).toMatchObject({ queued: 3, names: expect.arrayContaining(['visitor', 'visit']) });
  await page.evaluate(() => window.analytics.optOut());
  expect(await deviceOf(page)).toMatchObject({ queued: 0, names: ['consent'] });
  const receipts = await page.evaluate(() => window.receipts);
  expect(receipts.map(({ key }) => key)).toEqual(keys);
  expect(receipts[0]?.receipt).toEqual({ status: 'dropped', reason: 'consent' });
  site.mood = null;
  expect(await search(page, 1)).toEqual([null]);
  expect(await search(tab, 1)).toEqual([null]);
  await flush(page);
  await page.close();
  await tab.goto(`${site.origin}/blank`);
  expect(await deviceOf(tab)).toMatchObject({ queued: 0, names: ['consent'] });
  expect(await site.stored()).toEqual([]);
});

test('without cookies nothing is on the device, and events are stored all the same', SLOW, async () => {
  await using site = await openSite();
  await using browser = await openBrowser();
  const page = await browser.open(site.page({ cookieless: true, autocapture: AUTOCAPTURE }));
  await search(page, 2);
  expect(await flush(page)).toBe(0);
  await eventually(async () => (await site.stored()).length >= 3);
  expect(await deviceOf(page)).toEqual(EMPTY);
  const stored = (await site.stored()).filter(({ eventType }) => eventType === 'search_performed');
  expect(stored).toHaveLength(2);
  // The server's own visitor, of this day.
  expect(stored[0]?.visitorId).toBe(stored[1]?.visitorId);
  expect(stored.map(({ sessionId }) => sessionId)).toEqual([null, null]);
  await page.evaluate(() => void window.analytics.track('search_performed', { query: 'the last' }));
  await page.goto(`${site.origin}/blank`);
  await eventually(async () => JSON.stringify(await site.stored()).includes('the last'));
});

test('where the browser denies storage events live as long as the page', SLOW, async () => {
  await using site = await openSite();
  await using browser = await openBrowser();
  await browser.context.addInitScript(() => {
    for (const name of ['indexedDB', 'localStorage', 'BroadcastChannel']) {
      Object.defineProperty(window, name, {
        get: () => {
          throw new DOMException('The operation is insecure.', 'SecurityError');
        },
      });
    }
  });
  const page = await browser.open(site.page());
  site.mood = () => 'hang up';
  const keys = await search(page, 3);
  expect(await flush(page)).toBe(3);
  expect(await page.evaluate(() => window.complaints[0])).toContain('insecure');
  site.mood = null;
  await eventually(async () => (await flush(page)) === 0, { timeoutMs: 20_000 });
  const stored = await site.stored();
  expect(stored.map(({ key }) => key).sort()).toEqual([...keys].sort());
  expect(new Set(stored.map(({ visitorId, sessionId }) => `${visitorId} ${sessionId}`)).size).toBe(1);
});

test('reset makes a new visitor and a new session, also for other tabs', SLOW, async () => {
  await using site = await openSite();
  await using browser = await openBrowser();
  const [page, tab] = [await browser.open(site.page()), await browser.open(site.page())];
  await search(page, 1);
  await search(tab, 1);
  await page.evaluate(() => window.analytics.reset());
  await search(page, 1);
  await search(tab, 1);
  expect(await flush(page)).toBe(0);
  const stored = await site.stored();
  const whose = stored.map(({ visitorId, sessionId }) => `${visitorId} ${sessionId}`);
  expect(whose).toHaveLength(4);
  expect([whose[1], whose[3]]).toEqual([whose[0], whose[2]]);
  expect(whose[2]).not.toBe(whose[0]);
});
