import { EventEnrichmentService } from '@tallymark/analytics/enrich/service';
import { PatternService } from '@tallymark/analytics/pattern/service';
import { ProjectionService } from '@tallymark/analytics/project/service';
import { demoPlan } from '@tallymark/contract/demo-plan';
import type { PrismaClient } from '@tallymark/prisma/client';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AlertsWorld, openAlerts } from './test-support/alerts-world.ts';
import { figureOf, lookAt } from './test-support/dashboard-world.ts';
import { count, settled } from './test-support/read-page.ts';

const START_MS = 180_000;
const JOURNEY_MS = 120_000;
const DAY_MS = 86_400_000;
const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
const DESKTOP =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const log = pino({ level: 'silent' });

/** Ten weeks of some ten people a day; a third come back at night on phones. Thirty more on one of the last days. */
async function storeWeeks(prisma: PrismaClient, now: Date): Promise<void> {
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const rows = Array.from({ length: 70 }, (_, back) => 70 - back).flatMap((day) =>
    Array.from({ length: 9 + (day % 3) + (day === 3 ? 30 : 0) }, (_, n) => {
      const night = n % 3 === 0;
      const visitorId = night ? `owl-${(day * 7 + n) % 20}` : `once-${day}-${n}`;
      const begin = midnight - day * DAY_MS + (night ? 2 : 14) * 3_600_000 + n * 60_000;
      const pages = night ? ['/', '/gallery', '/lighthouse', '/license'] : ['/', n % 2 ? '/gallery' : '/about'];
      return pages.map((path, at) => {
        const occurredAt = new Date(begin + at * 45_000);
        const ids = { id: uuidV7(occurredAt.getTime()), visitorId, sessionId: `${visitorId} ${day}` };
        const userAgent = night ? PHONE : DESKTOP;
        return { ...ids, userAgent, eventType: 'page_viewed', schemaVersion: 2, occurredAt, propsJson: { path } };
      });
    }).flat(),
  );
  await ensurePartitions(
    prisma,
    [0, 30, 60, 75].map((days) => new Date(now.getTime() - days * DAY_MS)),
  );
  await prisma.event.createMany({ data: rows });
  const enrichment = new EventEnrichmentService(prisma, null, { log, now: () => now });
  await enrichment.enrichEvents(rows.map(({ id }) => id));
  await new ProjectionService({ prisma, plan: demoPlan, log, now: () => now }).catchUp();
}

describe('what is usual, and what visitors have in common', () => {
  let world: AlertsWorld;

  beforeAll(async () => {
    world = await openAlerts();
    await storeWeeks(world.prisma, new Date());
  }, START_MS);

  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  it(
    'the chart rings the day that had more, and says so in words',
    async () => {
      const { page, complaints } = world;
      await page.goto('/admin?period=30d&metric=page_views');
      await page.getByText(/Usual for the day of the week/).waitFor();
      const rush = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - 3 * DAY_MS);
      const chart = page.getByRole('img', { name: /^Page views from/ });
      const day = rush.toLocaleDateString('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' });
      expect(await chart.getAttribute('aria-label')).toMatch(new RegExp(`Unusual: .*${day}`));
      await page.getByText(new RegExp(`Unusual:.*${day} .*\\(more\\)`)).waitFor();
      expect(await chart.locator('circle[stroke="var(--warn)"]').count()).toBeGreaterThan(0);
      expect(await lookAt(page, 'usual-day')).toEqual([]);
      await page.goto('/admin?period=7d&metric=sessions');
      await page.getByText(/Usual for the hour of the week/).waitFor();
      expect(await lookAt(page, 'usual-hour')).toEqual([]);
      await page.goto('/admin?period=24h');
      await page.getByText(/shown by the day, and by the hour but for visitors/).waitFor();
      expect(complaints).toEqual([]);
    },
    JOURNEY_MS,
  );

  it(
    'patterns show groups with their evidence, and lead to a session of theirs',
    async () => {
      const { page, prisma } = world;
      await page.goto('/admin/alerts?tab=patterns');
      await page.getByText('Nothing yet').waitFor();
      const service = new PatternService({ store: prisma, timeZone: 'UTC', now: () => new Date() });
      await service.findAll({ log, signal: new AbortController().signal });
      await page.reload();
      const groups = page.getByRole('region', { name: 'Groups of visitors' });
      const owls = groups
        .locator('section')
        .filter({ hasText: /at night/i })
        .filter({ hasNotText: /by day/i })
        .first();
      await owls.waitFor();
      await settled(page);
      const license = `SELECT count(DISTINCT session_id) FROM event_facts WHERE page = '/license'
        AND occurred_at >= now() - interval '30 days'`;
      const way = page.getByRole('row').filter({ hasText: '/license' }).first();
      expect(await way.getByRole('cell').first().textContent()).toBe(count(await figureOf(prisma, license)));
      expect(await lookAt(page, 'patterns')).toEqual([]);
      await owls.getByRole('link').first().press('Enter');
      await page.waitForURL(/workedOutSessionId=/);
      await page.getByRole('row').filter({ hasText: '/lighthouse' }).waitFor();
      expect(await page.getByRole('row').filter({ hasText: 'page_viewed' }).count()).toBe(4);
    },
    JOURNEY_MS,
  );
});
