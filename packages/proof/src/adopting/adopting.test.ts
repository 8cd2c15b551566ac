import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@tallymark/local/ports';
import { testBrowser } from '@tallymark/testing/browser';
import { emptyDatabase } from '@tallymark/testing/database';
import { testRedis } from '@tallymark/testing/redis';
import pg from 'pg';
import { chromium, type Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { createHostApp } from './host-app.ts';

/** Packages are built and packed, another app is installed and built. */
const ADOPTING_MS = 600_000;
const SOON = { timeout: 30_000, interval: 500 };

test(
  "a team's own Next.js app has its first events on the dashboard, by the guide alone",
  async () => {
    await using host = await createHostApp();
    await using database = await emptyDatabase();
    await using redis = await testRedis();
    const port = await freePort();
    const baseUrl = `http://127.0.0.1:${port}`;
    const environment: Record<string, string> = {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      REDIS_PREFIX: redis.prefix,
      TRACKING_HASH_SALT: 'only-for-this-test',
      TRACKING_BUFFER_FLUSH_INTERVAL_MS: '500',
    };

    // Tables: the host's are as they were, and Prisma's own history has both.
    await host.tool('tallymark', ['migrate', 'prisma/migrations'], environment);
    const migrations = (await readdir(join(host.folder, 'prisma/migrations'))).filter((name) => !name.includes('.'));
    expect(await rows(database.url, 'SELECT migration_name FROM _prisma_migrations ORDER BY 1')).toEqual(
      migrations.sort().map((migration_name) => ({ migration_name })),
    );
    expect(await rows(database.url, NOTES_COLUMNS)).toEqual([{ column_name: 'id' }, { column_name: 'text' }]);
    expect(await host.tool('tallymark', ['schema'])).not.toContain('a new migration');

    const siteKey = (await host.tool('tallymark', ['key'], environment)).trim();

    // The compiler is the judge of the types, from the plan to the host's own router.
    await host.tool('next', ['build'], { ...environment, NEXT_PUBLIC_TALLYMARK_SITE_KEY: siteKey });
    const web = await host.start('next', ['start', '-p', String(port)], {
      environment,
      ready: () =>
        fetch(baseUrl).then(
          () => true,
          () => false,
        ),
    });
    const worker = await host.start('tsx', ['worker.ts'], {
      environment,
      ready: (output) => output.includes('worker ready'),
    });
    const { command, env } = await testBrowser();
    const browser = await chromium.launch({
      executablePath: command,
      env: { ...process.env, ...env },
      args: ['--headless', '--no-sandbox', '--disable-gpu'],
    });
    try {
      const page = await browser.newPage({ baseURL: baseUrl, userAgent: SOMEBODY });
      await page.goto('/');
      for (const text of ['first', 'second']) {
        await addNote(page, text);
        // React empties the form once the action is through.
        await expect.poll(() => page.getByLabel('Note').inputValue(), SOON).toBe('');
      }
      // The table's own rule rolls the transaction back, and the event with it.
      await addNote(page, 'second');
      await expect.poll(() => eventsByType(database.url), SOON).toEqual({ note_added: 2, page_viewed: 1 });

      await page.context().addCookies([{ name: 'session', value: 'ada', url: baseUrl }]);
      await expect.poll(() => visitorsOn(page), SOON).toBe('1');
      // What a transaction stored is enriched by the next sweep; the search over people and bots together has it at once.
      await page.goto('/admin/events?bots=include');
      const listed = (type: string) => page.getByRole('row').filter({ hasText: type }).count();
      await expect.poll(() => listed('note_added'), SOON).toBe(2);
      expect(await listed('page_viewed')).toBeGreaterThan(0);
      expect(await paddingOf(page)).not.toBe('0px');

      // The host's own tRPC has its own procedures, and Tallymark's with its roles.
      const asked = (path: string, cookie = '') => fetch(`${baseUrl}/api/trpc/${path}`, { headers: { cookie } });
      expect(await (await asked('greeting')).json()).toEqual({ result: { data: { json: 'hello' } } });
      expect((await asked('tallymark.sites.list')).status).toBe(401);
      expect((await asked('tallymark.sites.list', 'session=bob')).status).toBe(403);
      expect((await asked('tallymark.sites.list', 'session=ada')).status).toBe(200);
    } finally {
      await browser.close();
      await worker.stop();
      await web.stop();
    }
  },
  ADOPTING_MS,
);

/** A browser that says it has no window is taken for a bot. */
const SOMEBODY =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

/** As the overview says it, loaded anew. */
async function visitorsOn(page: Page): Promise<string | null> {
  await page.goto('/admin');
  const tile = page.locator('dl > div').filter({ has: page.getByText('Visitors', { exact: true }) });
  return tile.locator('dd span').first().textContent();
}

const NOTES_COLUMNS = `SELECT column_name FROM information_schema.columns WHERE table_name = 'notes' ORDER BY 1`;

async function rows(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function eventsByType(url: string): Promise<Record<string, number>> {
  const counted = await rows(
    url,
    `SELECT event_type, count(*)::int FROM events WHERE event_type <> 'web_vital_measured' GROUP BY 1`,
  );
  return Object.fromEntries(counted.map(({ event_type, count }) => [String(event_type), Number(count)]));
}

async function addNote(page: Page, text: string): Promise<void> {
  await page.getByLabel('Note').fill(text);
  const answered = page.waitForResponse(
    (response) => response.request().method() === 'POST' && !response.url().includes('/api/'),
  );
  await page.getByRole('button', { name: 'Add' }).click();
  await answered;
}

interface Styles {
  getComputedStyle(element: never): { readonly paddingLeft: string };
}

/** Of the dashboard's content: a host's `* { padding: 0 }` must not reach into it. */
function paddingOf(page: Page): Promise<string> {
  return page
    .locator('.tallymark main')
    .first()
    .evaluate((main: never) => (globalThis as unknown as Styles).getComputedStyle(main).paddingLeft);
}
