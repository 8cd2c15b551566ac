import type { Page } from 'playwright-core';

/** A count as the dashboard writes it. */
export const count = (value: number) => Math.round(value).toLocaleString('en');

/** What the tile of that name shows. */
export const tile = (page: Page, name: string) =>
  page
    .locator('dl > div')
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator('dd')
    .first();

/** At its top; nothing of the page is on its way any more, nor between two colours. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.waitForFunction(
    () =>
      document.querySelector('[aria-busy="true"]') === null &&
      document.getAnimations().every((animation) => !(animation instanceof CSSTransition)),
  );
}

/** The cells of the row that begins with `name`. */
export async function cells(page: Page, table: string, name: string): Promise<string[]> {
  const row = page
    .getByRole('table', { name: table })
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name }) })
    .first();
  await row.waitFor();
  return (await row.getByRole('cell').allTextContents()).map((text) => text.trim());
}
