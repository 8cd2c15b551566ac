import type { CampaignGroup, CampaignsAsked } from '@tallymark/contract/reports/campaigns';
import type { PrismaClient } from '@tallymark/prisma/client';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import fc from 'fast-check';
import { z } from 'zod';
import type { QuestionScope } from '../report/resolve-scope.ts';
import { pageView } from './enrichment-world.ts';
import { NOW } from './ingestion-world.ts';
import { openReportWorld, type ReportWorld } from './report-world.ts';

export type CampaignPart = 'impression' | 'click' | 'conversion';

/** An event of a campaign, as the demo plan has them. */
export interface CampaignEvent {
  readonly minutes: number;
  readonly part: CampaignPart;
  readonly campaign: string;
  readonly influencer: string | null;
  readonly visitor: string;
  readonly rate: number;
  readonly count: number;
  /** What an impression cost, and what a conversion earned. */
  readonly amount: number;
  readonly bot: boolean;
}

const eventWithin = (days: number): fc.Arbitrary<CampaignEvent> =>
  fc.record({
    minutes: fc.integer({ min: -days * 1_440, max: 0 }),
    part: fc.constantFrom<CampaignPart>('impression', 'impression', 'impression', 'click', 'conversion'),
    campaign: fc.constantFrom('autumn', 'spring', 'winter'),
    influencer: fc.constantFrom('ada', 'bob', null),
    visitor: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    rate: fc.constantFrom(100, 100, 50, 10),
    count: fc.integer({ min: 1, max: 3 }),
    amount: fc.integer({ min: 0, max: 500 }),
    bot: fc.boolean(),
  });

/** How far the events of `openCampaignWorld` go back. */
export const CAMPAIGN_DAYS = 75;

/** Events of the days before now, always the same. */
export const CAMPAIGN_EVENTS = fc.sample(eventWithin(CAMPAIGN_DAYS), { numRuns: 250, seed: 11 });

/** A world that has `CAMPAIGN_EVENTS`, and room for later ones of the month before them. */
export async function openCampaignWorld(): Promise<ReportWorld> {
  const world = await openReportWorld();
  const daysBack = [0, 30, 60, CAMPAIGN_DAYS, CAMPAIGN_DAYS + 30];
  await ensurePartitions(
    world.prisma,
    daysBack.map((days) => new Date(NOW.getTime() - days * 86_400_000)),
  );
  await world.record(CAMPAIGN_EVENTS.map(campaignRow));
  return world;
}

/** What is asked where a test says nothing else. */
export const campaignsAsked = (more: Partial<CampaignsAsked> = {}): CampaignsAsked => ({
  by: 'both',
  sort: 'impressions',
  order: 'desc',
  limit: 1_000,
  ...more,
});

const TYPES = {
  impression: 'campaign_impression',
  click: 'element_clicked',
  conversion: 'campaign_conversion',
} as const;
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

export function campaignRow(event: CampaignEvent) {
  const { minutes, part, campaign, influencer, visitor, rate, count, amount, bot } = event;
  return pageView(minutes, {
    eventType: TYPES[part],
    schemaVersion: 1,
    visitorId: visitor,
    sessionId: `${visitor} ${bot}`,
    samplingRate: rate,
    count,
    ...(bot && { userAgent: BOT }),
    propsJson: {
      campaignId: campaign,
      ...(influencer !== null && { influencerId: influencer }),
      ...(part === 'impression' && { costCents: amount }),
      ...(part === 'conversion' && { value: amount }),
    },
  });
}

const counted = z.array(
  z.object({ campaignId: z.string().nullable(), influencerId: z.string().nullable(), sums: z.array(z.number()) }),
);

/** The same sums from events alone: impressions, clicks, conversions, value, cost. `by` null: in one row. */
export async function recountCampaigns(prisma: PrismaClient, scope: QuestionScope, by: CampaignGroup | null) {
  const only = scope.filter[0]?.value ?? null;
  const campaign = by === 'campaign' || by === 'both' ? `props_json ->> 'campaignId'` : 'NULL::text';
  const influencer =
    by === 'influencer' || by === 'both' ? `coalesce(props_json ->> 'influencerId', '')` : 'NULL::text';
  const of = (type: string) => `coalesce(sum(weight) FILTER (WHERE event_type = '${type}'), 0)`;
  const amount = (prop: string) => `coalesce(sum(weight * (props_json ->> '${prop}')::float8), 0)`;
  const rows = await prisma.$queryRawUnsafe(
    `SELECT ${campaign} AS "campaignId", ${influencer} AS "influencerId",
            ARRAY[${of(TYPES.impression)}, ${of(TYPES.click)}, ${of(TYPES.conversion)}, ${amount('value')},
                  ${amount('costCents')}]::float8[] AS sums
     FROM (SELECT e.*, e.count * 100 / e.sampling_rate::float8 AS weight
           FROM events e JOIN attribution a ON a.event_id = e.id
           WHERE e.event_type = ANY ($1::text[]) AND e.props_json ->> 'campaignId' IS NOT NULL
             AND e.occurred_at >= $2::timestamptz AND e.occurred_at < $3::timestamptz
             AND ($4::text = 'include' OR a.is_bot = ($4::text = 'only'))
             AND ($5::text IS NULL OR e.props_json ->> 'influencerId' = $5::text)) AS counted
     GROUP BY 1, 2`,
    Object.values(TYPES),
    scope.from.toISOString(),
    scope.to.toISOString(),
    scope.bots,
    only,
  );
  return counted.parse(rows);
}

/** The estimate of Horvitz and Thompson for the standard error of a weighted sum, over every pair of one visitor. */
export function standardErrorOf<Event extends Pick<CampaignEvent, 'visitor' | 'rate' | 'count'>>(
  events: readonly Event[],
  amount: (event: Event) => number,
): number {
  let variance = 0;
  for (const i of events) {
    for (const j of events) {
      if (i.visitor !== j.visitor) continue;
      const [p, q] = [i.rate / 100, j.rate / 100];
      variance += ((i.count * amount(i)) / p) * ((j.count * amount(j)) / q) * (1 - Math.max(p, q));
    }
  }
  return Math.sqrt(variance);
}
