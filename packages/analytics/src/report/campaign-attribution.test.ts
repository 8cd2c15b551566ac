import type { CampaignsAsked } from '@tallymark/contract/reports/campaigns';
import { appendEventLog } from '@tallymark/prisma/stores/event-log';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  CAMPAIGN_DAYS,
  CAMPAIGN_EVENTS,
  campaignsAsked,
  openCampaignWorld,
  standardErrorOf,
} from '../test-support/campaign-events.ts';
import { pageView } from '../test-support/enrichment-world.ts';
import { NOW } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { askCampaignConversions } from './campaigns.ts';

const DAY = 24 * 60;
const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

let world: ReportWorld;

beforeAll(async () => {
  world = await openCampaignWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

test('conversions are told by first and last touch, and late and erased touches are heard of', async () => {
  await using own = await openReportWorld();
  const touch = (minutes: number, campaign: string, source: string) =>
    pageView(minutes, {
      visitorId: 'v',
      sessionId: `s ${minutes}`,
      touchJson: { utmCampaign: campaign, utmSource: source },
    });
  const signed = (minutes: number, visitor: string) =>
    pageView(minutes, {
      eventType: 'license_signed',
      schemaVersion: 1,
      visitorId: visitor,
      sessionId: `c ${visitor}`,
      propsJson: {},
    });
  const [, second] = await own.record([
    touch(-3_000, 'middle', 'x'),
    touch(-2_000, 'end', 'y'),
    signed(-1_000, 'v'),
    signed(-900, 'nobody'),
  ]);
  const answer = async (more: Partial<CampaignsAsked> = {}) =>
    (await askCampaignConversions(own.deps, own.scope(), campaignsAsked({ by: 'campaign', ...more }))).attribution.map(
      ({ model, kind, campaignId, source, conversions }) => [model, kind, campaignId, source, conversions.value],
    );
  expect(await answer()).toEqual([
    ['first', 'named', 'middle', null, 1],
    ['first', 'unattributed', null, null, 1],
    ['last', 'named', 'end', null, 1],
    ['last', 'unattributed', null, null, 1],
  ]);
  await own.record([touch(-4_000, 'begin', 'z')]);
  await own.prisma.$transaction(async (tx) => {
    await tx.event.deleteMany({ where: { id: second ?? '' } });
    await tx.attribution.deleteMany({ where: { eventId: second ?? '' } });
    await appendEventLog(tx, 'erased', [second ?? '']);
  });
  await own.fold();
  expect(await answer({ by: 'both' })).toEqual([
    ['first', 'named', 'begin', 'z', 1],
    ['first', 'unattributed', null, null, 1],
    ['last', 'named', 'middle', 'x', 1],
    ['last', 'unattributed', null, null, 1],
  ]);
  expect(await answer({ by: 'influencer', campaignId: 'middle' })).toEqual([['last', 'named', null, 'x', 1]]);
});

test('attribution is cut at the limit, weighted, filtered and says how exact it is', async () => {
  const within = world.scope({ from: at(-CAMPAIGN_DAYS * DAY), to: at(1) });
  const { attribution, total } = await askCampaignConversions(
    world.deps,
    within,
    campaignsAsked({ by: 'campaign', limit: 1 }),
  );
  for (const model of ['first', 'last']) {
    const rows = attribution.filter((row) => row.model === model);
    expect(rows.map(({ kind }) => kind)).toEqual(['named', 'other']);
    expect(rows.reduce((sum, row) => sum + row.conversions.value, 0)).toBeCloseTo(total.conversions.value, 6);
    expect(rows.reduce((sum, row) => sum + row.value.value, 0)).toBeCloseTo(total.value?.value ?? -1, 6);
  }
  const filter = [{ field: 'campaign_id', op: 'is', value: 'autumn' } as const];
  const whole = await askCampaignConversions(world.deps, { ...within, filter }, campaignsAsked({ by: 'campaign' }));
  const sum = whole.attribution.filter(({ model }) => model === 'last');
  expect(sum.reduce((all, row) => all + row.conversions.value, 0)).toBeCloseTo(whole.total.conversions.value, 6);
  // A campaign's own conversions name it: it is their last touch, and the error that of its conversions.
  expect(sum).toHaveLength(1);
  const autumn = CAMPAIGN_EVENTS.filter(({ part, campaign }) => part === 'conversion' && campaign === 'autumn');
  expect(sum[0]?.conversions.error?.standard).toBeCloseTo(
    standardErrorOf(autumn, () => 1),
    6,
  );
  expect(sum[0]?.value.error?.standard).toBeCloseTo(
    standardErrorOf(autumn, ({ amount }) => amount),
    4,
  );
});
