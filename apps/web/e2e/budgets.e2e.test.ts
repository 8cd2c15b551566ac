import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleClient } from '../../../packages/client/src/test-support/bundle-client.ts';
import { type DashboardWorld, openDashboard } from './test-support/dashboard-world.ts';
import { settled } from './test-support/read-page.ts';

const START_MS = 120_000;
const JOURNEY_MS = 90_000;
const kB = (bytes: number) => Math.round(bytes / 102.4) / 10;

/** Gzipped, in kB of 1,024 bytes. */
const MOST = { overview: 400, studio: 160, client: 13 };
/** Where Web Vitals call a layout that moves good. */
const MOST_SHIFT = 0.1;

describe('what a browser has to load', () => {
  let world: DashboardWorld;

  beforeAll(async () => {
    world = await openDashboard();
  }, START_MS);

  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  it(
    'stays within the budgets of scripts, and nothing jumps while the overview loads',
    async () => {
      const overview = await load(world.page, '/admin');
      const studio = await load(world.page, '/');
      // React is there in any case, and so is what Next brings.
      const files = await bundleClient([new URL('../src/tracking/studio-analytics.tsx', import.meta.url)], {
        external: ['react', 'react/*', 'react-dom', 'next/*'],
      });
      const client = files.reduce((sum, { contents }) => sum + gzipSync(contents).byteLength, 0);
      const measured = { overview: kB(overview.bytes), studio: kB(studio.bytes), client: kB(client) };
      console.log('scripts, kB gzipped:', measured, 'layout shift of the overview:', overview.shift);
      expect(measured.overview).toBeLessThanOrEqual(MOST.overview);
      expect(measured.studio).toBeLessThanOrEqual(MOST.studio);
      expect(measured.client).toBeLessThanOrEqual(MOST.client);
      expect(overview.shift).toBeLessThan(MOST_SHIFT);
    },
    JOURNEY_MS,
  );
});

/** Scripts of a page that is opened for the first time, and how far its parts have moved by the time it is complete. */
async function load(page: Page, path: string): Promise<{ bytes: number; shift: number }> {
  const context = await page
    .context()
    .browser()
    ?.newContext({ storageState: await page.context().storageState() });
  if (!context) throw new Error('The browser is gone.');
  const fresh = await context.newPage();
  const scripts: Promise<number>[] = [];
  fresh.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return;
    scripts.push(response.body().then((body) => gzipSync(body).byteLength));
  });
  await fresh.addInitScript(() => {
    const moved = window as unknown as { shift: number };
    moved.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) moved.shift += (entry as unknown as { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await fresh.goto(new URL(path, page.url()).href, { waitUntil: 'networkidle' });
  await settled(fresh);
  const shift = await fresh.evaluate(() => (window as unknown as { shift: number }).shift);
  const sizes = await Promise.all(scripts);
  await context.close();
  expect(sizes.length).toBeGreaterThan(0);
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), shift };
}
