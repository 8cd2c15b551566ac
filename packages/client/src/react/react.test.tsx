import { eventually } from '@tallymark/testing/eventually';
import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';
import { openBrowser } from '../test-support/client-browser.ts';
import { openSite } from '../test-support/client-site.ts';
import { App } from '../test-support/react-app.tsx';

const PAGE = new URL('../test-support/react-page.tsx', import.meta.url);
const SLOW = { timeout: 60_000 };

test('tracks from before hydration on, and what is looked at for a second', SLOW, async () => {
  // Rendered on the server first, as Next.js does.
  await using site = await openSite(`<div id="root">${renderToString(<App />)}</div>`, PAGE);
  await using browser = await openBrowser();
  const page = await browser.context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(site.page());
  const typesOf = async () => (await site.stored()).map(({ eventType }) => eventType).sort();
  // Strict mode runs the effect twice.
  const eager = ['search_performed', 'search_performed'];
  await eventually(async () => (await typesOf()).length === 2);
  await page.click('button');
  await eventually(async () => (await typesOf()).length === 3);
  expect(await typesOf()).toEqual(['cta_clicked', ...eager]);

  const offer = page.locator('.offer');
  // Passed by: in sight for less than a second.
  await offer.scrollIntoViewIfNeeded();
  await page.waitForTimeout(300);
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(1_200);
  const sent = site.deliveries.length;
  await page.waitForTimeout(2_200);
  expect(site.deliveries).toHaveLength(sent);
  expect(await typesOf()).toEqual(['cta_clicked', ...eager]);
  // Looked at, and only counted once.
  await offer.scrollIntoViewIfNeeded();
  await eventually(async () => (await typesOf()).length === 4);
  await page.evaluate(() => scrollTo(0, 0));
  await offer.scrollIntoViewIfNeeded();
  await page.waitForTimeout(3_500);
  expect(await typesOf()).toEqual(['cta_clicked', 'element_viewed', ...eager]);
  expect(complaints).toEqual([]);
});

test('a hook without a provider says what is missing', () => {
  const { children } = (App() as { props: { children: readonly React.ReactNode[] } }).props;
  expect(() => renderToString(children)).toThrow('Put it into the root layout');
});
