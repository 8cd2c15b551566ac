import { eventually } from '@tallymark/testing/eventually';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openBrowser } from './test-support/client-browser.ts';
import { openSite } from './test-support/client-site.ts';
import { flush, search } from './test-support/tracking.ts';

const SLOW = { timeout: 60_000 };
const ADA = { userId: 'ada', role: 'user' };
const BEN = { userId: 'ben', role: 'user' };

const identify = (page: Page, userId: string) => page.evaluate((id) => window.analytics.identify(id), userId);
const reset = (page: Page) => page.evaluate(() => window.analytics.reset());
const statusesOf = (page: Page) => page.evaluate(() => window.receipts.map(({ receipt }) => receipt.status));

test(
  'what somebody did before the sign-out, and is sent after it, is the visitor’s and nobody else’s',
  SLOW,
  async () => {
    await using site = await openSite();
    await using browser = await openBrowser();
    const page = await browser.open(site.page());
    site.session = ADA;
    await identify(page, 'ada');
    const [known] = await search(page, 1);
    expect(await flush(page)).toBe(0);

    site.mood = () => 'hang up';
    const late = await search(page, 2);
    expect(await flush(page)).toBe(2);
    // Somebody else signs in on the same device, before the network is back.
    site.session = BEN;
    await reset(page);
    await identify(page, 'ben');
    const [bens] = await search(page, 1);
    site.mood = null;
    await eventually(async () => (await flush(page)) === 0, { timeoutMs: 20_000 });

    const stored = await site.stored();
    const actors = new Map(stored.map(({ key, actorId }) => [key, actorId]));
    expect(actors).toEqual(
      new Map([[known, 'ada'], ...late.map((key): [string | null, null] => [key, null]), [bens, 'ben']]),
    );
    const visitorOf = (key: string | null | undefined) => stored.find((event) => event.key === key)?.visitorId;
    expect(late.map(visitorOf)).toEqual([visitorOf(known), visitorOf(known)]);
    expect(visitorOf(bens)).not.toBe(visitorOf(known));
    expect(await statusesOf(page)).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
  },
);

test(
  'an event that was taken under a user, and is sent again after the sign-out, is stored once and stays theirs',
  SLOW,
  async () => {
    await using site = await openSite();
    await using browser = await openBrowser();
    const page = await browser.open(site.page());
    site.session = ADA;
    await identify(page, 'ada');
    await search(page, 1);
    expect(await flush(page)).toBe(0);
    site.delayMs = 2_000;
    const [key] = await search(page, 1);
    const sent = flush(page).catch(() => null);
    await eventually(() => site.deliveries.length === 2);
    // Before the browser hears of it.
    await browser.kill();
    await sent;
    await eventually(async () => (await site.stored()).length === 2);
    site.delayMs = 0;
    site.session = null;
    await browser.start();
    const back = await browser.open(site.page());
    await eventually(async () => (await flush(back)) === 0);
    expect(site.deliveries.flatMap(({ keys }) => keys).filter((sentKey) => sentKey === key)).toHaveLength(2);
    expect((await site.stored()).map(({ actorId }) => actorId)).toEqual(['ada', 'ada']);
  },
);
