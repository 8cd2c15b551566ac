import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { openBrowser } from './test-support/client-browser.ts';
import { openSite } from './test-support/client-site.ts';
import { flush, search } from './test-support/tracking.ts';

const SLOW = { timeout: 60_000 };
const HOUR_MS = 3_600_000;

test('Retry-After of a 503 is obeyed, by a page that is loaded in between and another tab too', SLOW, async () => {
  await using site = await openSite();
  await using browser = await openBrowser();
  const page = await browser.open(site.page());
  const known = await search(page, 1);
  expect(await flush(page)).toBe(0);
  site.mood = () => new Response('', { status: 503, headers: { 'retry-after': '5' } });
  const keys = await search(page, 2);
  expect(await flush(page)).toBe(2);
  const refusedAt = site.deliveries.at(-1)?.at ?? 0;
  site.mood = null;
  const sent = site.deliveries.length;
  await page.reload();
  await page.waitForFunction(() => 'analytics' in window);
  const tab = await browser.open(site.page());
  expect(await flush(page)).toBe(2);
  expect(await flush(tab)).toBe(2);
  expect(site.deliveries).toHaveLength(sent);
  await eventually(() => site.deliveries.length > sent, { timeoutMs: 20_000 });
  expect((site.deliveries.at(-1)?.at ?? 0) - refusedAt).toBeGreaterThanOrEqual(4_900);
  await eventually(async () => (await flush(page)) === 0);
  expect((await site.stored()).map(({ key }) => key).sort()).toEqual([...known, ...keys].sort());
});

test('a batch that is too large for the server is halved until it fits', SLOW, async () => {
  await using site = await openSite();
  await using browser = await openBrowser();
  const page = await browser.open(site.page());
  site.mood = ({ keys }) => (keys.length > 10 ? new Response('', { status: 413 }) : null);
  const keys = await search(page, 40);
  expect(await flush(page)).toBe(0);
  expect(site.deliveries.slice(0, 3).map((delivery) => delivery.keys.length)).toEqual([40, 20, 10]);
  expect((await site.stored()).map(({ key }) => key).sort()).toEqual([...keys].sort());
});

test('an event that the server takes in no form is dropped, and says so; the others go on', SLOW, async () => {
  await using site = await openSite();
  await using browser = await openBrowser();
  const page = await browser.open(site.page());
  const [bad, good] = await search(page, 2);
  site.mood = ({ keys }) => (bad && keys.includes(bad) ? new Response('', { status: 400 }) : null);
  expect(await flush(page)).toBe(0);
  expect((await site.stored()).map(({ key }) => key)).toEqual([good]);
  const receipts = await page.evaluate(() => window.receipts);
  expect(receipts).toMatchObject([
    { key: bad, eventType: 'search_performed', receipt: { status: 'dropped', reason: 'unsendable' } },
    { key: good, receipt: { status: 'accepted' } },
  ]);
});

test('what the plan refuses is answered once, and complained about', SLOW, async () => {
  await using site = await openSite();
  await using browser = await openBrowser();
  const page = await browser.open(site.page());
  await page.evaluate(() => window.analytics.track('search_performed', { query: 1 as unknown as string }));
  expect(await flush(page)).toBe(0);
  const receipts = await page.evaluate(() => window.receipts);
  expect(receipts).toMatchObject([{ receipt: { status: 'rejected', reason: 'invalid_props' } }]);
  expect(await page.evaluate(() => window.complaints)).toEqual([
    expect.stringContaining('search_performed was rejected'),
  ]);
});

test.each([
  ['ahead', HOUR_MS],
  ['behind', -HOUR_MS],
])('a clock an hour %s moves no event', SLOW, async (_, offMs) => {
  await using site = await openSite();
  await using browser = await openBrowser();
  await browser.context.addInitScript((ms) => {
    const Actual = Date;
    globalThis.Date = class extends Actual {
      constructor(...args: unknown[]) {
        super(...((args.length > 0 ? args : [Actual.now() + ms]) as []));
      }
      static override now() {
        return Actual.now() + ms;
      }
    } as DateConstructor;
  }, offMs);
  const page = await browser.open(site.page());
  // Offline at first: nobody can ask for the time before the events are there.
  await browser.context.setOffline(true);
  const before = Date.now();
  const keys = await search(page, 3);
  const after = Date.now();
  await browser.context.setOffline(false);
  await eventually(async () => (await flush(page)) === 0);
  const more = await search(page, 1);
  expect(await flush(page)).toBe(0);
  const stored = await site.stored();
  expect(stored.map(({ key }) => key).sort()).toEqual([...keys, ...more].sort());
  for (const { key, occurredAt } of stored.filter((event) => keys.includes(event.key))) {
    expect(occurredAt.getTime(), String(key)).toBeGreaterThan(before - 2_000);
    expect(occurredAt.getTime(), String(key)).toBeLessThan(after + 2_000);
  }
});
