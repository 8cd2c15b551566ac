import { patternsAnswer } from '@tallymark/contract/patterns';
import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import { expect, test } from 'vitest';
import { createPatternsRouter } from '../routers/patterns.ts';
import { createCallerFactory } from '../routers/trpc.ts';
import { pageView } from '../test-support/enrichment-world.ts';
import { LOG, NOW } from '../test-support/ingestion-world.ts';
import { openReportWorld } from '../test-support/report-world.ts';
import { PatternService } from './service.ts';

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1';
const DESKTOP =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

test('finds who behaves alike and where they go in a real history, keeps it, and does not look twice a day', async () => {
  await using world = await openReportWorld();
  const { prisma, clock, deps } = world;
  const visit = (visitor: string, minute: number, pages: readonly string[], userAgent: string) =>
    pages.map((path, at) =>
      pageView(minute + at, { visitorId: visitor, sessionId: `${visitor} ${minute}`, propsJson: { path }, userAgent }),
    );
  // NOW is noon: -720 is midnight. Forty look once at night on phones, twenty come back by day on desktops.
  const rows = Array.from({ length: 60 }, (_, n) =>
    n < 40
      ? visit(`night-${n}`, -720 - n, ['/offer'], PHONE)
      : [1, 2, 3].flatMap((day) => visit(`day-${n}`, -60 - day * 1_440 - n, ['/', '/assets', '/license'], DESKTOP)),
  ).flat();
  await world.record(rows);
  const service = new PatternService({ store: prisma, timeZone: 'UTC', now: () => clock.now });
  const run = { log: LOG, signal: new AbortController().signal };
  expect(await service.findAll(run)).toMatchObject({ sites: 1, clusters: 2 });
  expect(await service.findAll(run)).toMatchObject({ sites: 0 });

  const caller = createCallerFactory(createPatternsRouter())({
    eventIngestion: {} as never,
    requestContext: { session: { userId: 'u', role: 'admin' } },
    operations: { reports: { ...deps, defaultSiteId: DEFAULT_SITE_ID } },
  });
  const { latest } = patternsAnswer.parse(await caller.latest());
  expect(latest).toMatchObject({ visitors: 60, sessions: 100, noClusters: null, to: NOW.toISOString() });
  const [night, day] = latest?.clusters ?? [];
  expect([night?.visitors, day?.visitors]).toEqual([40, 20]);
  const average = (cluster: typeof night, name: string) =>
    cluster?.features.find(({ feature }) => feature === name)?.average;
  expect([average(night, 'mobile'), average(night, 'night'), average(night, 'sessions')]).toEqual([100, 100, 1]);
  expect([average(day, 'mobile'), average(day, 'night'), average(day, 'pageViews')]).toEqual([0, 0, 3]);
  expect(latest?.paths).toEqual([
    { pages: ['/', '/assets', '/license'], sessions: 60, share: 60, lift: 100 / 60, conversionRate: 0 },
  ]);
  const examples = await prisma.event.count({ where: { sessionId: { startsWith: 'night' } } });
  expect(examples).toBe(40);
  const kept = await prisma.$queryRaw<
    unknown[]
  >`SELECT id FROM sessions WHERE id::text = ANY(${night?.examples.map(({ sessionId }) => sessionId)})`;
  expect(kept).toHaveLength(3);

  // The last thirty runs are kept.
  for (let again = 0; again < 31; again += 1) await service.find(DEFAULT_SITE_ID);
  expect(await prisma.patternRun.count()).toBe(30);
});
