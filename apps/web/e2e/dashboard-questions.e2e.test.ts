import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DashboardWorld, figureOf, lookAt, openDashboard } from './test-support/dashboard-world.ts';

const START_MS = 120_000;
const JOURNEY_MS = 60_000;
const SOON = { timeout: 5_000 };

describe('the pages of questions, beside SQL on the same database', () => {
  let world: DashboardWorld;

  beforeAll(async () => {
    world = await openDashboard();
  }, START_MS);

  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  it(
    'Events finds every event, page behind page, and tells all of one',
    async () => {
      const { page, prisma } = world;
      await page.goto('/admin/events?eventType=page_viewed');
      const list = page.getByRole('main').getByRole('row');
      await expect.poll(() => list.count(), SOON).toBe(51);
      await page.getByRole('button', { name: 'Load more' }).press('Enter');
      await expect.poll(() => list.count(), SOON).toBe(101);
      await page.getByRole('button', { name: 'Load more' }).press('Enter');
      const stored = await figureOf(prisma, `SELECT count(*) FROM events WHERE event_type = 'page_viewed'`);
      await expect.poll(() => list.count(), SOON).toBe(stored + 1);
      await page.getByText(`${stored} events, all there are`).waitFor();

      await page.getByLabel('Prop', { exact: true }).fill('path');
      await page.getByLabel('Value of the prop').fill('/about');
      await page.getByLabel('Value of the prop').press('Enter');
      const about = await figureOf(
        prisma,
        `SELECT count(*) FROM events WHERE event_type = 'page_viewed' AND props_json ->> 'path' = '/about'`,
      );
      await page.getByText(`${about} events, all there are`).waitFor();
      const csv = await page.getByRole('link', { name: 'CSV' }).getAttribute('href');
      const file = await page.request.get(csv ?? '');
      expect(file.headers()['content-type']).toContain('text/csv');
      expect((await file.text()).trim().split('\r\n')).toHaveLength(about + 1);
      expect(await lookAt(page, 'events')).toEqual([]);

      await page.getByRole('button', { name: 'page_viewed' }).first().press('Enter');
      const sheet = page.getByRole('dialog', { name: 'Event' });
      await sheet.getByText('visitor-', { exact: false }).first().waitFor();
      const id = new URL(page.url()).searchParams.get('event') ?? '';
      const ofSession = await figureOf(
        prisma,
        `SELECT count(*) FROM events WHERE session_id = (SELECT session_id FROM events WHERE id = '${id}')`,
      );
      expect(await sheet.getByRole('listitem').count()).toBe(ofSession);
      expect(await lookAt(page, 'event')).toEqual([]);
      await page.keyboard.press('Escape');
      await sheet.waitFor({ state: 'detached' });
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('page_viewed');
      expect(new URL(page.url()).searchParams.has('event')).toBe(false);
    },
    JOURNEY_MS,
  );

  it(
    'Funnels counts visitors step by step, from steps built on the page',
    async () => {
      const { page, prisma } = world;
      await page.goto('/admin/funnels');
      await page.getByText('Give each step an event or a page').waitFor();
      await page.getByLabel('Page of step 1').fill('/');
      await page.getByLabel('Page of step 2').fill('/assets');
      await page.getByRole('button', { name: 'Add a step' }).click();
      await page.getByLabel('Event of step 3').fill('license_signed');
      await page.getByLabel('Event of step 3').press('Enter');
      const taken = (steps: readonly string[]) =>
        figureOf(
          prisma,
          `SELECT count(DISTINCT s0.visitor_id) FROM events s0 ${steps
            .slice(1)
            .map(
              (condition, n) =>
                `JOIN events s${n + 1} ON s${n + 1}.visitor_id = s0.visitor_id AND ${condition.replaceAll('$', `s${n + 1}`)}
                 AND s${n + 1}.occurred_at > s${n}.occurred_at AND s${n + 1}.occurred_at <= s0.occurred_at + interval '7 days'`,
            )
            .join(' ')} WHERE ${steps[0]?.replaceAll('$', 's0')}`,
        );
      const steps = [
        `$.props_json ->> 'path' = '/'`,
        `$.props_json ->> 'path' = '/assets'`,
        `$.event_type = 'license_signed'`,
      ];
      const numbers = page.getByRole('region', { name: 'Steps in numbers' });
      for (const n of [0, 1, 2]) {
        const visitors = await taken(steps.slice(0, n + 1));
        expect(visitors).toBeGreaterThan(0);
        await expect
          .poll(
            () =>
              numbers
                .getByRole('row')
                .nth(n + 1)
                .getByRole('cell')
                .first()
                .textContent(),
            SOON,
          )
          .toBe(String(visitors));
      }
      const address = page.url();
      await page.goto('/admin/live');
      await page.goto(address);
      await expect.poll(() => page.getByLabel('Event of step 3').inputValue(), SOON).toBe('license_signed');
      await page.getByRole('combobox', { name: 'Breakdown' }).click();
      await page.getByRole('option', { name: 'By Channel' }).click();
      await page.getByRole('region', { name: 'The funnel by Channel' }).getByText('direct').waitFor();
      expect(await lookAt(page, 'funnels')).toEqual([]);
    },
    JOURNEY_MS,
  );

  it(
    'keeps what is typed before its scripts have come',
    async () => {
      const { page, prisma } = world;
      const scripts = '**/_next/static/chunks/*.js';
      let come = () => {};
      const awaited = new Promise<void>((resolve) => {
        come = resolve;
      });
      await page.route(scripts, async (route) => {
        await awaited;
        await route.continue();
      });
      await page.goto('/admin/funnels', { waitUntil: 'commit' });
      await page.getByLabel('Page of step 1').fill('/');
      await page.getByLabel('Page of step 2').fill('/about');
      come();
      const first = page.getByRole('region', { name: 'Steps in numbers' }).getByRole('row').nth(1);
      const visitors = await figureOf(
        prisma,
        `SELECT count(DISTINCT visitor_id) FROM events WHERE props_json ->> 'path' = '/'`,
      );
      // The field that was left takes effect by itself, the one that has the focus when it is left.
      await page.waitForURL(({ searchParams }) => searchParams.has('steps'));
      await page.getByLabel('Page of step 2').press('Enter');
      await expect.poll(() => first.getByRole('cell').first().textContent(), SOON).toBe(String(visitors));
      await page.unrouteAll({ behavior: 'wait' });
    },
    JOURNEY_MS,
  );

  it(
    'Retention counts who came back the day after',
    async () => {
      const { page, prisma } = world;
      await page.goto('/admin/retention?unit=day');
      const table = page.getByRole('region', { name: 'Retention by cohort' });
      const day = `(SELECT min(occurred_at)::date AS day, visitor_id FROM events WHERE visitor_id LIKE 'visitor-%' GROUP BY 2)`;
      const joined = await figureOf(prisma, `SELECT count(*) FROM ${day} AS first WHERE day < current_date`);
      const returned = await figureOf(
        prisma,
        `SELECT count(DISTINCT visitor_id) FROM ${day} AS first JOIN events USING (visitor_id)
         WHERE day < current_date AND occurred_at::date = day + 1`,
      );
      expect(returned).toBeGreaterThan(0);
      const average = table.getByRole('row', { name: 'Average' }).getByRole('cell').nth(2);
      const percent = new Intl.NumberFormat('en', { maximumFractionDigits: 1 }).format((returned / joined) * 100);
      await expect.poll(() => average.textContent(), SOON).toBe(`${percent} %`);
      expect(await lookAt(page, 'retention')).toEqual([]);
    },
    JOURNEY_MS,
  );

  it(
    'Paths counts where sessions go after a page, and goes on from there',
    async () => {
      const { page, prisma } = world;
      await page.goto('/admin/paths?page=/');
      const nextPage = (path: string) =>
        figureOf(
          prisma,
          `SELECT count(*) FROM (
             SELECT DISTINCT ON (session_id) session_id, next FROM (
               SELECT session_id, occurred_at, props_json ->> 'path' AS path,
                 lead(props_json ->> 'path') OVER (PARTITION BY session_id ORDER BY occurred_at) AS next
               FROM events WHERE event_type = 'page_viewed') AS views
             WHERE path = '/' ORDER BY session_id, occurred_at) AS first WHERE next = '${path}'`,
        );
      for (const path of ['/assets', '/about']) {
        const row = page.getByRole('table').first().getByRole('row').filter({ hasText: path });
        await expect.poll(() => row.getByRole('cell').first().textContent(), SOON).toBe(String(await nextPage(path)));
      }
      expect(await lookAt(page, 'paths')).toEqual([]);
      await page.getByRole('table').first().getByRole('button', { name: '/assets' }).click();
      await page.getByText('What comes after /assets', { exact: true }).waitFor();
    },
    JOURNEY_MS,
  );

  it(
    'keeps filters as a segment, which other pages are then about',
    async () => {
      const { page, prisma } = world;
      await page.goto('/admin/events?f=page~is~/about');
      await page.getByRole('button', { name: 'Segment: all events' }).click();
      await page.getByLabel('Save these filters as').fill('Readers');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByRole('button', { name: 'Segment: Readers' }).waitFor();
      const about = await figureOf(prisma, `SELECT count(*) FROM events WHERE props_json ->> 'path' = '/about'`);
      await page.getByText(`${about} events, all there are`).waitFor();
      await page.getByRole('link', { name: 'Retention' }).click();
      await page.getByRole('region', { name: 'Retention by cohort' }).waitFor();
      await page.getByRole('button', { name: 'Segment: Readers' }).click();
      expect(await lookAt(page, 'segments')).toEqual([]);
      expect(world.complaints).toEqual([]);
    },
    JOURNEY_MS,
  );
});
