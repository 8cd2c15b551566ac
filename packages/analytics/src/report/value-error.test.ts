import { expect, test } from 'vitest';
import { pageView } from '../test-support/enrichment-world.ts';
import { openReportWorld } from '../test-support/report-world.ts';
import { askOverview } from './overview.ts';

test('the value of an overview says its error where what it is made of was sampled, with a filter and without', async () => {
  await using world = await openReportWorld();
  const license = { eventType: 'license_created', schemaVersion: 1 };
  const earned = (visitorId: string, feeCents: number, samplingRate: number) =>
    pageView(-30, { ...license, visitorId, sessionId: visitorId, propsJson: { feeCents }, samplingRate });
  await world.record([
    earned('a', 300, 50),
    earned('a', 100, 50),
    earned('b', 200, 25),
    earned('c', 900, 100),
    pageView(-20, { visitorId: 'd', samplingRate: 10 }),
  ]);
  // Σ (t/p)² (1 − p) over visitors
  const standard = Math.sqrt((400 / 0.5) ** 2 * 0.5 + (200 / 0.25) ** 2 * 0.75);
  const estimate = { value: 2_500, error: { standard: expect.closeTo(standard, 6), reason: 'sampling' } };
  for (const filter of [[], [{ field: 'event_type', op: 'is', value: 'license_created' } as const]]) {
    expect((await askOverview(world.deps, world.scope({ filter }))).value).toMatchObject(estimate);
  }
});

test('the value is exact where only events without one were sampled', async () => {
  await using world = await openReportWorld();
  const license = { eventType: 'license_created', schemaVersion: 1, propsJson: { feeCents: 500 } };
  await world.record([pageView(-30, license), pageView(-20, { samplingRate: 10 })]);
  expect((await askOverview(world.deps, world.scope())).value).toMatchObject({ value: 500, error: null });
});
