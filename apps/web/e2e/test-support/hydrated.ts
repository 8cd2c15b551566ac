import type { Page } from 'playwright-core';

const LIFELESS = '.tallymark[aria-busy="true"], .tallymark main > [aria-busy="true"]';

/** What is pressed before the scripts have come does nothing, so that `goto` waits for them as people do; not with `commit`. */
export function hydrated(page: Page): Page {
  const { goto } = page;
  page.goto = async (url, options) => {
    const response = await goto.call(page, url, options);
    if (options?.waitUntil !== 'commit') {
      await page.waitForFunction((lifeless) => document.querySelector(lifeless) === null, LIFELESS);
    }
    return response;
  };
  return page;
}
