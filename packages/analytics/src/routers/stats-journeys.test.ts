import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import { expect, test } from 'vitest';
import { pageView } from '../test-support/enrichment-world.ts';
import { NOW } from '../test-support/ingestion-world.ts';
import { openReportWorld } from '../test-support/report-world.ts';
import { journeyProcedures } from './stats-journeys.ts';
import { router } from './trpc.ts';

const PERIOD = {
  from: new Date(NOW.getTime() - 86_400_000).toISOString(),
  to: new Date(NOW.getTime() + 86_400_000).toISOString(),
};

test('journeys are asked of the site of the request', async () => {
  await using world = await openReportWorld();
  await world.record([
    pageView(-10, { visitorId: 'anna', propsJson: { path: '/' } }),
    pageView(-5, { visitorId: 'anna', propsJson: { path: '/prices' } }),
  ]);
  const context = {
    requestContext: { session: { userId: 'an-admin', role: 'admin' } },
    operations: { reports: { ...world.deps, defaultSiteId: DEFAULT_SITE_ID } },
  };
  const caller = router(journeyProcedures()).createCaller(context as never);

  const funnel = await caller.funnel({ ...PERIOD, steps: [{ page: '/' }, { page: '/prices' }] });
  expect(funnel).toMatchObject({ ...PERIOD, siteId: DEFAULT_SITE_ID, windowSeconds: 604_800, conversion: 1 });
  expect(funnel.steps[1]).toMatchObject({ visitors: 1, medianSeconds: 300 });

  const retention = await caller.retention({ ...PERIOD, unit: 'day' });
  expect(retention).toMatchObject({ ...PERIOD, unit: 'day', average: [1, null] });

  const paths = await caller.paths({ ...PERIOD, at: { page: '/prices' }, direction: 'before' });
  expect(paths.links).toEqual([
    { level: 0, from: '0:/prices', to: '1:/', sessions: 1 },
    { level: 1, from: '1:/', to: '2(end)', sessions: 1 },
  ]);
});
