import { campaignImpressionsInput } from '@tallymark/contract/reports/campaigns';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  CAMPAIGN_DAYS,
  CAMPAIGN_EVENTS,
  type CampaignEvent,
  type CampaignPart,
  campaignRow,
  campaignsAsked,
  openCampaignWorld,
  recountCampaigns,
  standardErrorOf,
} from '../test-support/campaign-events.ts';
import { pageView } from '../test-support/enrichment-world.ts';
import { NOW } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { askCampaignConversions, askCampaignImpressions, askCampaignStatistics } from './campaigns.ts';

const DAY = 24 * 60;
const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

let world: ReportWorld;

beforeAll(async () => {
  world = await openCampaignWorld();
  // Neither plays a part in a campaign: one names none, the type of the other has no part.
  await world.record([
    pageView(-60, {
      eventType: 'element_clicked',
      schemaVersion: 1,
      propsJson: { targetElementId: 'x', targetElementType: 'y' },
    }),
    pageView(-60, { eventType: 'element_liked', schemaVersion: 1, propsJson: { campaignId: 'autumn' } }),
  ]);
});
afterAll(() => world[Symbol.asyncDispose]());

const moment = fc
  .tuple(fc.integer({ min: -(CAMPAIGN_DAYS + 2) * DAY, max: DAY }), fc.constantFrom(DAY, 60, 1))
  .map(([time, unit]) => at(Math.floor(time / unit) * unit - 12 * 60));
const scope = fc
  .record({
    a: moment,
    b: moment,
    bots: fc.constantFrom('include' as const, 'exclude' as const, 'only' as const),
    filtered: fc.boolean(),
  })
  .filter(({ a, b }) => a.getTime() !== b.getTime())
  .map(({ a, b, bots, filtered }) => {
    const filter = filtered ? [{ field: 'influencer_id', op: 'is', value: 'ada' } as const] : [];
    return world.scope({ ...(a < b ? { from: a, to: b } : { from: b, to: a }), bots, filter });
  });

const numbers = (row: object) => Object.values(row).map((figure) => (figure as { value: number } | null)?.value ?? 0);

test('campaigns and influencers are what their events come to, for any period', async () => {
  await fc.assert(
    fc.asyncProperty(
      scope,
      fc.constantFrom('campaign' as const, 'influencer' as const, 'both' as const),
      async (within, by) => {
        const expected = await recountCampaigns(world.prisma, within, by);
        const answer = await askCampaignStatistics(world.deps, within, campaignsAsked({ by }));
        const found = answer.rows.map(
          ({ campaignId, influencerId, impressions, clicks, conversions, value, cost }) => ({
            campaignId,
            influencerId,
            sums: numbers({ impressions, clicks, conversions, value, cost }),
          }),
        );
        const key = ({ campaignId, influencerId }: { campaignId: string | null; influencerId: string | null }) =>
          `${campaignId} ${influencerId}`;
        expect(found.map(key).sort()).toEqual(expected.map(key).sort());
        for (const row of expected) {
          const sums = found.find((one) => key(one) === key(row))?.sums ?? [];
          for (const [n, sum] of row.sums.entries()) expect(sums[n]).toBeCloseTo(sum, 6);
        }
        const byDay = answer.days.map(({ start: _start, ...figures }) => numbers(figures));
        for (const n of [0, 1, 2, 3, 4]) {
          const total = expected.reduce((sum, { sums }) => sum + (sums[n] ?? 0), 0);
          const { impressions, clicks, conversions, value, cost } = answer.total;
          expect(numbers({ impressions, clicks, conversions, value, cost })[n]).toBeCloseTo(total, 6);
          expect(byDay.reduce((sum, day) => sum + (day[n] ?? 0), 0)).toBeCloseTo(total, 6);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('the standard errors are those of the formula over all pairs, of rows, others, days and the total', async () => {
  const within = world.scope({ from: at(-40 * DAY), to: at(0) });
  const answer = await askCampaignStatistics(world.deps, within, campaignsAsked({ by: 'campaign', limit: 1 }));
  const inside = CAMPAIGN_EVENTS.filter(({ minutes }) => minutes >= -40 * DAY && minutes < 0);
  const [top] = answer.rows;
  const of = (events: readonly CampaignEvent[], part: CampaignPart) =>
    standardErrorOf(
      events.filter((one) => one.part === part),
      () => 1,
    );
  const ofTop = inside.filter(({ campaign }) => campaign === top?.campaignId);
  const others = inside.filter(({ campaign }) => campaign !== top?.campaignId);
  expect(of(inside, 'impression')).toBeGreaterThan(0);
  expect(answer.total.impressions.error?.standard).toBeCloseTo(of(inside, 'impression'), 6);
  expect(top?.impressions.error?.standard).toBeCloseTo(of(ofTop, 'impression'), 6);
  expect(answer.other.rows).toBe(2);
  expect(answer.other.clicks.error?.standard).toBeCloseTo(of(others, 'click'), 6);
  const conversions = inside.filter(({ part }) => part === 'conversion');
  expect(answer.total.value?.error?.standard).toBeCloseTo(
    standardErrorOf(conversions, ({ amount }) => amount),
    4,
  );
  for (const day of answer.days) {
    const start = (new Date(day.start).getTime() - NOW.getTime()) / 60_000;
    const ofDay = inside.filter(({ minutes }) => minutes >= start && minutes < start + DAY);
    expect(day.impressions.error?.standard ?? 0).toBeCloseTo(of(ofDay, 'impression'), 6);
  }
});

test('days are those of the time zone, with and without events', async () => {
  const within = world.scope({ from: at(-30 * DAY), to: at(0), timeZone: 'Asia/Kolkata' });
  const { days } = await askCampaignStatistics(world.deps, within, campaignsAsked());
  expect(days).toHaveLength(31);
  for (const { start, impressions } of days) {
    expect(start).toMatch(/T18:30:00.000Z$/);
    const day = { from: new Date(start), to: new Date(new Date(start).getTime() + DAY * 60_000) };
    const cut = {
      from: new Date(Math.max(+day.from, +within.from)),
      to: new Date(Math.min(+day.to, +within.to)),
    };
    const [alone] = await recountCampaigns(world.prisma, { ...within, ...cut }, null);
    expect(impressions.value).toBeCloseTo(alone?.sums[0] ?? 0, 6);
  }
});

test('rows come in the order asked for, the rest is summed up, and the previous period stands beside', async () => {
  const within = world.scope({ from: at(-20 * DAY), to: at(0) });
  const all = await askCampaignStatistics(world.deps, within, campaignsAsked());
  for (const sort of ['clicks', 'costPerConversion', 'returnOnCost', 'clickRate'] as const) {
    for (const order of ['asc', 'desc'] as const) {
      const { rows } = await askCampaignStatistics(world.deps, within, campaignsAsked({ sort, order }));
      const worth = rows.map((row) => (sort === 'clicks' ? row.clicks.value : row[sort]));
      const known = worth.filter((one) => one !== null);
      expect(known).toEqual([...known].sort((a, b) => (order === 'asc' ? a - b : b - a)));
      // Those without the figure come last.
      expect(worth.slice(known.length).every((one) => one === null)).toBe(true);
    }
  }
  const cut = await askCampaignImpressions(world.deps, within, campaignsAsked({ limit: 2 }));
  expect(cut.rows.map(({ campaignId, influencerId }) => [campaignId, influencerId])).toEqual(
    all.rows.slice(0, 2).map(({ campaignId, influencerId }) => [campaignId, influencerId]),
  );
  const left = all.rows.slice(2);
  expect(cut.other.rows).toBe(left.length);
  expect(cut.other.impressions.value).toBeCloseTo(
    left.reduce((sum, row) => sum + row.impressions.value, 0),
    6,
  );
  expect(cut.total).toEqual({
    impressions: all.total.impressions,
    clicks: all.total.clicks,
    cost: all.total.cost,
    clickRate: all.total.clickRate,
  });
  const before = await askCampaignStatistics(
    world.deps,
    world.scope({ from: at(-40 * DAY), to: at(-20 * DAY) }),
    campaignsAsked(),
  );
  expect(all.previous).toMatchObject({ from: at(-40 * DAY).toISOString(), to: at(-20 * DAY).toISOString() });
  expect(all.previous.impressions).toBeCloseTo(before.total.impressions.value, 6);
  expect(all.previous.cost).toBeCloseTo(before.total.cost?.value ?? -1, 6);
});

test('one campaign, one influencer', async () => {
  const within = world.scope({ from: at(-CAMPAIGN_DAYS * DAY), to: at(1) });
  const all = await askCampaignConversions(world.deps, within, campaignsAsked());
  const one = await askCampaignConversions(
    world.deps,
    within,
    campaignsAsked({ campaignId: 'autumn', influencerId: 'ada' }),
  );
  expect(one.rows).toHaveLength(1);
  expect(all.rows).toContainEqual(one.rows[0]);
});

test('rates are of figures, and null where there is nothing to divide by', async () => {
  await using own = await openReportWorld();
  const part = (more: Partial<CampaignEvent>) =>
    campaignRow({
      minutes: -60,
      part: 'impression',
      campaign: 'c',
      influencer: null,
      visitor: 'v',
      rate: 100,
      count: 1,
      amount: 0,
      bot: false,
      ...more,
    });
  await own.record([
    part({ count: 200, amount: 2 }),
    ...[1, 2, 3, 4].map((n) => part({ part: 'click', visitor: `v${n}` })),
    part({ part: 'conversion', amount: 1_000 }),
    part({ campaign: 'unseen', part: 'click' }),
  ]);
  const { rows } = await askCampaignStatistics(own.deps, own.scope(), campaignsAsked({ by: 'campaign' }));
  expect(rows[0]).toMatchObject({
    campaignId: 'c',
    clickRate: 2,
    conversionRate: 25,
    conversionsPerImpression: 0.5,
    costPerConversion: 400,
    returnOnCost: 2.5,
  });
  expect(rows[1]).toMatchObject({
    campaignId: 'unseen',
    clickRate: null,
    conversionRate: 0,
    costPerConversion: null,
    returnOnCost: null,
  });
  const { page_viewed, element_clicked } = own.deps.plan.types;
  const plan = { types: { page_viewed, element_clicked } as typeof own.deps.plan.types, entityIds: {} };
  const poor = await askCampaignStatistics({ ...own.deps, plan }, own.scope(), campaignsAsked({ by: 'campaign' }));
  expect(poor.total).toMatchObject({ value: null, cost: null, costPerConversion: null, returnOnCost: null });
});

test('an order that the question does not have is refused', () => {
  const input = { from: NOW.toISOString(), to: NOW.toISOString(), sort: 'returnOnCost' };
  expect(campaignImpressionsInput.safeParse(input).success).toBe(false);
});
