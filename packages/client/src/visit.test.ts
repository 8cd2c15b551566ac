import { expect, test } from 'vitest';
import { openBrowser } from './test-support/client-browser.ts';
import { openSite } from './test-support/client-site.ts';
import { flush, search } from './test-support/tracking.ts';

const SLOW = { timeout: 60_000 };
const HALF_AN_HOUR_MS = 30 * 60_000;

test('a session keeps its first touch, and ends after half an hour of silence', SLOW, async () => {
  await using site = await openSite();
  await using browser = await openBrowser();
  const landing = `${site.page()}&utm_source=news&gclid=click-1&email=someone@example.com`;
  const page = await browser.open(landing);
  await search(page, 1);
  await page.goto(site.page({}, '/second'));
  await page.waitForFunction(() => 'analytics' in window);
  await search(page, 1);
  await page.evaluate((silence) => {
    const name = 'tallymark tm_test visit';
    const visit = JSON.parse(localStorage.getItem(name) ?? '{}');
    localStorage.setItem(name, JSON.stringify({ ...visit, lastAt: visit.lastAt - silence }));
  }, HALF_AN_HOUR_MS);
  await search(page, 1);
  expect(await flush(page)).toBe(0);
  const [first, second, third] = await site.stored();
  expect(first?.touch).toMatchObject({
    landingPage: `${site.origin}/home?utm_source=news&gclid=click-1`,
    language: 'en-US',
    viewport: '1280x720',
    timeZone: expect.any(String),
  });
  expect(second?.sessionId).toBe(first?.sessionId);
  expect(second?.touch).toMatchObject({ landingPage: `${site.origin}/home?utm_source=news&gclid=click-1` });
  expect(third?.sessionId).not.toBe(first?.sessionId);
  expect(third?.visitorId).toBe(first?.visitorId);
  expect(third?.touch).toMatchObject({ landingPage: `${site.origin}/second` });
});

test('the visit that goes on can be asked for, and is the one that the next event belongs to', SLOW, async () => {
  await using site = await openSite();
  await using browser = await openBrowser();
  const page = await browser.open(`${site.page()}&utm_campaign=spring`);
  const visit = () => page.evaluate(() => window.analytics.visit());
  expect(await visit()).toBeNull();
  await search(page, 1);
  const known = await visit();
  await search(page, 1);
  expect(await flush(page)).toBe(0);
  expect(known).toEqual({
    visitorId: expect.any(String),
    sessionId: expect.any(String),
    landingPage: `${site.origin}/home?utm_campaign=spring`,
  });
  const stored = await site.stored();
  expect(stored.map(({ visitorId, sessionId }) => [visitorId, sessionId])).toEqual(
    stored.map(() => [known?.visitorId, known?.sessionId]),
  );
  // To ask is no sign of life: it neither begins a visit nor goes on with one.
  await page.evaluate((silence) => {
    const name = 'tallymark tm_test visit';
    const kept = JSON.parse(localStorage.getItem(name) ?? '{}');
    localStorage.setItem(name, JSON.stringify({ ...kept, lastAt: kept.lastAt - silence }));
  }, HALF_AN_HOUR_MS);
  expect([await visit(), await visit()]).toEqual([null, null]);
  await search(page, 1);
  expect((await visit())?.sessionId).not.toBe(known?.sessionId);
  await page.evaluate(() => window.analytics.optOut());
  expect(await visit()).toBeNull();
  await page.evaluate(() => window.analytics.consent(true));
  await page.goto(site.page({ cookieless: true }));
  await page.waitForFunction(() => 'analytics' in window);
  await search(page, 1);
  expect(await visit()).toBeNull();
});

test('who led here led to one session alone, and is not lost behind a consent', SLOW, async () => {
  await using site = await openSite();
  await using browser = await openBrowser();
  const page = await browser.open(site.page());
  const referer = 'https://news.example/today';
  await page.goto(`${site.page({ consent: 'required' })}&utm_source=news`, { referer });
  await page.waitForFunction(() => 'analytics' in window);
  await page.evaluate(() => {
    history.pushState({}, '', '/pricing');
    void window.analytics.consent(true);
  });
  await search(page, 1);
  await page.evaluate((silence) => {
    const name = 'tallymark tm_test visit';
    const visit = JSON.parse(localStorage.getItem(name) ?? '{}');
    localStorage.setItem(name, JSON.stringify({ ...visit, lastAt: visit.lastAt - silence }));
  }, HALF_AN_HOUR_MS);
  await search(page, 1);
  expect(await flush(page)).toBe(0);
  const [first, second] = await site.stored();
  expect(first?.touch).toMatchObject({ landingPage: `${site.origin}/home?utm_source=news`, referrer: referer });
  expect(second?.sessionId).not.toBe(first?.sessionId);
  expect(second?.touch).toMatchObject({ landingPage: `${site.origin}/pricing` });
  expect(second?.touch).not.toHaveProperty('referrer');
});
