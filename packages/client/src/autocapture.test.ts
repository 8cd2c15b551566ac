import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { openBrowser } from './test-support/client-browser.ts';
import { openSite } from './test-support/client-site.ts';
import { flush } from './test-support/tracking.ts';

const SLOW = { timeout: 60_000 };
const HTML = `
  <h1>Gallery</h1>
  <a id="out" href="https://elsewhere.example/shop?token=secret#part">Elsewhere</a>
  <a id="in" href="/home">Home</a>
  <a id="mail" href="mailto:someone@example.com">Mail</a>
  <a id="file" href="/prices.PDF?for=someone">Prices</a>
  <button id="cta" data-track-event="cta_clicked" data-track-cta-id="buy" data-track-label="Buy"><b>Buy</b></button>
  <button id="cart" data-track-event="cart_item_added" data-track-entity-id="0190b6a4-7c1e-7000-8000-000000000001"
    data-track-quantity="2" data-track-price_cents="4900">Add</button>
  <form id="contact"><input name="id" value="my secret"><textarea></textarea><input type="hidden"><button>Go</button></form>
  <script>
    addEventListener('click', (event) => event.target.closest('a') && event.preventDefault());
    addEventListener('submit', (event) => event.preventDefault());
  </script>`;
const ALL = {
  ...{ pageViews: true, outboundLinks: true, downloads: true },
  ...{ formSubmits: true, dataAttributes: true, webVitals: true },
};

test('each kind of event, with what it is about and nothing that was typed', SLOW, async () => {
  await using site = await openSite(HTML);
  await using browser = await openBrowser();
  const page = await browser.open(site.page({ autocapture: ALL }));
  const seen = async (eventType: string) => {
    await flush(page);
    return (await site.stored()).filter((event) => event.eventType === eventType);
  };
  // The last of the observers to start is at work.
  await eventually(async () => (await seen('web_vital_measured')).length >= 2);
  for (const id of ['out', 'in', 'mail', 'file', 'cta', 'cart', 'contact button']) await page.click(`#${id}`);
  await page.evaluate(() => {
    history.pushState(null, '', '/assets-page?sort=new');
    document.title = 'Assets';
    history.replaceState(null, '', '/assets-page?sort=old');
  });
  await eventually(async () => (await seen('page_viewed')).length === 2);
  await page.goBack();
  await eventually(async () => (await seen('page_viewed')).length === 3);
  const propsOf = async (eventType: string) => (await seen(eventType)).map(({ props }) => props);
  expect(await propsOf('page_viewed')).toEqual([
    { path: '/home', title: 'Home' },
    { path: '/assets-page', title: 'Assets', referrer: `${site.origin}/home` },
    { path: '/home', title: 'Assets', referrer: `${site.origin}/assets-page` },
  ]);
  expect(await propsOf('outbound_link_clicked')).toEqual([{ url: 'https://elsewhere.example/shop' }]);
  expect(await propsOf('file_downloaded')).toEqual([{ url: `${site.origin}/prices.PDF`, extension: 'pdf' }]);
  expect(await propsOf('cta_clicked')).toEqual([{ ctaId: 'buy', label: 'Buy' }]);
  expect(await seen('cart_item_added')).toMatchObject([
    { entityId: '0190b6a4-7c1e-7000-8000-000000000001', props: { quantity: 2, price_cents: 4_900 } },
  ]);
  expect(await propsOf('form_submitted')).toEqual([{ formId: 'contact', fieldCount: 2 }]);
  const vitals = (await seen('web_vital_measured')).map(({ props }) => props as Record<string, unknown>);
  expect(vitals.map(({ name }) => name)).toEqual(expect.arrayContaining(['FCP', 'TTFB']));
  expect(new Set(vitals.map(({ path }) => path))).toEqual(new Set(['/home']));
  expect(await page.evaluate(() => window.complaints)).toEqual([]);
  expect(JSON.stringify(await site.stored())).not.toContain('secret');
});

test('what was not asked for is not captured', SLOW, async () => {
  await using site = await openSite(HTML);
  await using browser = await openBrowser();
  const page = await browser.open(site.page({ autocapture: { downloads: true } }));
  await page.waitForLoadState('networkidle');
  for (const id of ['out', 'cta', 'file', 'contact button']) await page.click(`#${id}`);
  expect(await flush(page)).toBe(0);
  expect((await site.stored()).map(({ eventType }) => eventType)).toEqual(['file_downloaded']);
});
