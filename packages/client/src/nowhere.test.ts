import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { expect, test } from 'vitest';
import { createAnalytics } from './create-analytics.ts';

test('on a server it takes every call and does nothing', async () => {
  const analytics = createAnalytics<DemoPlan>({
    url: '/api/trpc',
    siteKey: 'tm_test',
    autocapture: { pageViews: true },
  });
  const told: unknown[] = [];
  const stop = analytics.onReceipt((receipt) => told.push(receipt));
  expect(await analytics.track('cta_clicked', { ctaId: 'buy' })).toBeNull();
  expect(await analytics.page({ path: '/' })).toBeNull();
  analytics.identify('user-1');
  analytics.reset();
  await analytics.consent(true);
  await analytics.optOut();
  expect(await analytics.flush()).toBe(0);
  stop();
  expect(told).toEqual([]);
});
