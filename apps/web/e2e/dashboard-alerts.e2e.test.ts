import { eventually } from '@tallymark/testing/eventually';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AlertsWorld, openAlerts } from './test-support/alerts-world.ts';
import { figureOf, lookAt } from './test-support/dashboard-world.ts';
import { count, settled, tile } from './test-support/read-page.ts';

const START_MS = 120_000;
const JOURNEY_MS = 180_000;
/** A worker process starts, looks at every rule and writes what it found. */
const EVALUATED = { timeoutMs: 60_000, intervalMs: 1_000 };
const SOON = { timeout: 5_000 };
const NAME = 'Many page views on desktops';
const FIGURE = `SELECT count(*) FROM events e JOIN attribution a ON a.event_id = e.id
  WHERE e.event_type = 'page_viewed' AND a.device_type = 'desktop' AND e.occurred_at >= now() - interval '7 days'`;

/** Picks an option as somebody without a mouse does. */
async function pick(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).press('Enter');
  await page.getByRole('option', { name: option, exact: true }).press('Enter');
}

const row = (page: Page, name: string) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) });
const card = (page: Page) => page.getByRole('main').getByRole('listitem').filter({ hasText: NAME });

describe('the page Alerts', () => {
  let world: AlertsWorld;

  beforeAll(async () => {
    world = await openAlerts();
  }, START_MS);

  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  it(
    'takes a rule that is made by keyboard, and says at its field what is wrong',
    async () => {
      const { page } = world;
      await page.goto('/admin/alerts');
      await page.getByRole('tab', { name: 'Rules' }).press('Enter');
      await page.getByRole('button', { name: 'New rule' }).press('Enter');
      const sheet = page.getByRole('dialog', { name: 'New rule' });
      await sheet.getByRole('button', { name: 'Create the rule' }).press('Enter');
      await sheet.getByText('Give a number.').waitFor();
      // The first field that something is wrong with has the focus, and keeps it while it is mended.
      await page.keyboard.type(NAME);
      expect(await sheet.getByLabel('Name').inputValue()).toBe(NAME);

      await pick(page, 'What it watches', 'Any question …');
      await sheet.getByLabel('Question').fill('stats.nothing');
      await sheet.getByLabel('Pointer').fill('/visitors');
      await sheet.getByLabel('Threshold').fill('2');
      await sheet.getByRole('button', { name: 'Try on the last 7 days' }).press('Enter');
      await sheet
        .getByText(/stats\.nothing/)
        .first()
        .waitFor();

      await pick(page, 'What it watches', 'Events of a type');
      await sheet.getByLabel('Type of the events').fill('page_viewed');
      await pick(page, 'Fires when it', 'is above');
      await pick(page, 'In the last', '7 days');
      await sheet.getByRole('button', { name: 'Add a condition' }).press('Enter');
      await pick(page, 'Field', 'Device type');
      await page.getByLabel('Value', { exact: true }).fill('desktop');
      await page.getByRole('button', { name: 'Add the condition' }).press('Enter');
      await sheet.getByText('Device type is desktop').waitFor();
      await sheet.getByRole('button', { name: 'Try on the last 7 days' }).press('Enter');
      await sheet.getByRole('img', { name: /The last 7 days: .* held against 2/ }).waitFor();
      await sheet.getByText(/It would (not )?have fired/).waitFor();
      await sheet.getByLabel('Webhook').fill('https://hooks.example/alerts');
      expect(await lookAt(page, 'alerts-form')).toEqual([]);
      await sheet.getByRole('button', { name: 'Create the rule' }).press('Enter');
      await sheet.getByText(/it is shown this once/).waitFor();
      expect(await lookAt(page, 'alerts-secret')).toEqual([]);
      await sheet.getByRole('button', { name: 'I have kept it' }).press('Enter');
      await sheet.waitFor({ state: 'detached' });
      await page.waitForFunction(() => document.activeElement?.textContent?.trim() === 'New rule');
      await row(page, NAME).getByText('is above 2').waitFor();
      await row(page, NAME).getByText('Not checked yet').waitFor();
    },
    JOURNEY_MS,
  );

  it(
    'shows it firing with the figure that SQL counts, and leads to where more is told',
    async () => {
      const { page, prisma } = world;
      await world.withWorker(() =>
        eventually(async () => {
          await page.goto('/admin/alerts');
          await settled(page);
          return (await card(page).count()) === 1;
        }, EVALUATED),
      );
      const figure = count(await figureOf(prisma, FIGURE));
      await card(page).getByText(figure, { exact: true }).waitFor();
      await card(page).getByText('2', { exact: true }).waitFor();
      await page
        .getByRole('navigation')
        .getByText(/alerts? (is|are) firing/)
        .waitFor({ state: 'attached' });
      expect(await lookAt(page, 'alerts-now')).toEqual([]);
      await card(page).getByRole('link', { name: 'More on Overview' }).press('Enter');
      await page.getByRole('button', { name: 'Remove the filter on Device type' }).waitFor();
      await expect.poll(async () => (await tile(page, 'Events').textContent())?.trim(), SOON).toBe(figure);
    },
    JOURNEY_MS,
  );

  it(
    'shows what visitors have in common, of as many as SQL counts',
    async () => {
      const { page, prisma } = world;
      const people = `FROM sessions WHERE NOT is_bot AND started_at >= now() - interval '30 days'`;
      const visitors = count(await figureOf(prisma, `SELECT count(DISTINCT visitor) ${people}`));
      const sessions = count(await figureOf(prisma, `SELECT count(*) ${people}`));
      await page.goto('/admin/alerts');
      await page.getByRole('tab', { name: 'Patterns' }).press('Enter');
      await page.getByText(`Of ${visitors} visitors and ${sessions} sessions`).waitFor();
      const began = await figureOf(
        prisma,
        `SELECT count(DISTINCT a.session_id) FROM events a JOIN events b USING (session_id)
         WHERE a.props_json ->> 'path' = '/' AND b.props_json ->> 'path' = '/assets' AND b.occurred_at = a.occurred_at + interval '1 minute'`,
      );
      const path = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^\/ → \/assets/ }) });
      expect(await path.first().getByRole('cell').first().textContent()).toBe(count(began));
      expect(await lookAt(page, 'alerts-patterns')).toEqual([]);
    },
    JOURNEY_MS,
  );

  it(
    'switches it off, and tells in the history what it did',
    async () => {
      const { page } = world;
      await page.goto('/admin/alerts?tab=rules');
      await row(page, NAME).getByText('Firing').waitFor();
      expect(await lookAt(page, 'alerts-rules')).toEqual([]);
      await row(page, NAME).getByRole('switch').press('Space');
      await row(page, NAME).getByText('Off', { exact: true }).waitFor();
      await page.reload();
      await row(page, NAME).getByText('Off', { exact: true }).waitFor();
      await page.getByRole('tab', { name: 'Now' }).press('Enter');
      await settled(page);
      expect(await card(page).count()).toBe(0);
      await page.getByRole('tab', { name: 'History' }).press('Enter');
      await row(page, NAME).getByText('Fired', { exact: true }).waitFor();
      expect(await lookAt(page, 'alerts-history')).toEqual([]);
    },
    JOURNEY_MS,
  );

  it(
    'shows a viewer the rules of the site and none of the pipeline, and says who may change them',
    async () => {
      const page = await world.pageOf({ email: 'viewer@studio.example', role: 'viewer' });
      await page.getByRole('tab', { name: 'Rules' }).press('Enter');
      await row(page, NAME).waitFor();
      expect(await page.getByRole('main').getByRole('row').count()).toBe(2);
      await page.getByText('Editors of this site and admins may change them.').waitFor();
      expect(await page.getByRole('main').getByRole('button').count()).toBe(0);
      expect(await page.getByRole('main').getByRole('switch').count()).toBe(0);
      expect(await lookAt(page, 'alerts-viewer')).toEqual([]);
      // The question that there is not is refused, and the browser says so.
      expect(world.complaints.filter((line) => !/ 40[04] /.test(line))).toEqual([]);
    },
    JOURNEY_MS,
  );
});
