import { z } from 'zod';
import { figure } from './figure.ts';
import { answeredScope, reportScope } from './scope.ts';
import { storedText } from './stored-text.ts';

const name = storedText(200).min(1);

/** What each row of an answer is about: a campaign, an influencer, or an influencer's part in a campaign. */
export const CAMPAIGN_GROUPS = ['campaign', 'influencer', 'both'] as const;
export type CampaignGroup = (typeof CAMPAIGN_GROUPS)[number];

const IMPRESSION_SORTS = ['impressions', 'clicks', 'cost', 'clickRate'] as const;
const CONVERSION_SORTS = [
  'impressions',
  'clicks',
  'conversions',
  'value',
  'cost',
  'conversionRate',
  'conversionsPerImpression',
  'costPerConversion',
  'returnOnCost',
] as const;
const ALL_SORTS = ['clickRate', ...CONVERSION_SORTS] as const;
export type CampaignSort = (typeof ALL_SORTS)[number];

const campaignScope = reportScope.extend({
  by: z.enum(CAMPAIGN_GROUPS).default('campaign'),
  /** Of one campaign alone. */
  campaignId: name.optional(),
  /** Of one influencer alone. */
  influencerId: name.optional(),
  /** Rows without the figure come last, whatever the order. */
  order: z.enum(['asc', 'desc']).default('desc'),
  /** Rows in the answer; what is in no row is summed up. */
  limit: z.int().min(1).max(1_000).default(20),
});

export const campaignImpressionsInput = campaignScope.extend({
  sort: z.enum(IMPRESSION_SORTS).default('impressions'),
});
export const campaignConversionsInput = campaignScope.extend({
  sort: z.enum(CONVERSION_SORTS).default('conversions'),
});
export const campaignStatisticsInput = campaignScope.extend({ sort: z.enum(ALL_SORTS).default('impressions') });
/** What any question about campaigns is asked with, beside its scope. */
export type CampaignsAsked = Pick<
  z.infer<typeof campaignStatisticsInput>,
  'by' | 'campaignId' | 'influencerId' | 'sort' | 'order' | 'limit'
>;

const campaignFigures = z.object({
  impressions: figure,
  clicks: figure,
  conversions: figure,
  /** In the plan's unit; null where no event type of campaigns has a value. */
  value: figure.nullable(),
  /** In the plan's unit; null where no event type of campaigns has a cost. */
  cost: figure.nullable(),
});
export type CampaignFigures = z.infer<typeof campaignFigures>;

/** Null where there is nothing to divide by. */
const campaignRates = z.object({
  /** Clicks for 100 impressions. */
  clickRate: z.number().nullable(),
  /** Conversions for 100 clicks. */
  conversionRate: z.number().nullable(),
  /** Conversions for 100 impressions. */
  conversionsPerImpression: z.number().nullable(),
  /** In the unit of costs. */
  costPerConversion: z.number().nullable(),
  /** What was earned for 1 that was spent. */
  returnOnCost: z.number().nullable(),
});

const measured = campaignFigures.extend(campaignRates.shape);
export type MeasuredCampaign = z.infer<typeof measured>;

const keys = z.object({
  /** Null where rows are those of influencers. */
  campaignId: z.string().nullable(),
  /** Null where rows are those of campaigns; empty for events that name none. */
  influencerId: z.string().nullable(),
});

const row = keys.extend(measured.shape);
export type CampaignRow = z.infer<typeof row>;

/** Rows that are not in the answer, summed up. */
const other = z.object({ rows: z.number() });

const impressionsOnly = { impressions: true, clicks: true, cost: true } as const;

export const campaignImpressionsAnswer = z.object({
  scope: answeredScope,
  rows: z.array(row.pick({ campaignId: true, influencerId: true, ...impressionsOnly, clickRate: true })),
  other: other.extend(campaignFigures.pick(impressionsOnly).shape),
  total: measured.pick({ ...impressionsOnly, clickRate: true }),
});
export type CampaignImpressionsAnswer = z.infer<typeof campaignImpressionsAnswer>;

/**
 * Conversions of whatever type, told by the campaign that brought the visitor: the first or the last that one of the
 * visitor's events named in the 90 days up to the conversion. Each model adds up to all conversions of the scope.
 */
const attributed = z.object({
  model: z.enum(['first', 'last']),
  /** `other`: of campaigns that have no row. `unattributed`: nothing before the conversion named a campaign. */
  kind: z.enum(['named', 'other', 'unattributed']),
  /** As events name it, by campaign id or else UTM campaign. Null where rows are not told by campaign. */
  campaignId: z.string().nullable(),
  /** UTM source, or else the influencer. Null where rows are those of campaigns, and where the event named none. */
  source: z.string().nullable(),
  conversions: figure,
  value: figure,
});
export type AttributedConversions = z.infer<typeof attributed>;

export const campaignConversionsAnswer = z.object({
  scope: answeredScope,
  rows: z.array(row.omit({ clickRate: true })),
  other: other.extend(campaignFigures.shape),
  total: measured.omit({ clickRate: true }),
  attribution: z.array(attributed),
});
export type CampaignConversionsAnswer = z.infer<typeof campaignConversionsAnswer>;

const sums = z.object({
  impressions: z.number(),
  clicks: z.number(),
  conversions: z.number(),
  value: z.number().nullable(),
  cost: z.number().nullable(),
});

export const campaignStatisticsAnswer = z.object({
  scope: answeredScope,
  rows: z.array(row),
  other: other.extend(campaignFigures.shape),
  total: measured,
  /** The period of equal length before. */
  previous: sums.extend({ from: z.iso.datetime(), to: z.iso.datetime() }),
  /** Each day of the time zone that the period touches, also without events. */
  days: z.array(campaignFigures.extend({ start: z.iso.datetime() })),
  attribution: z.array(attributed),
});
export type CampaignStatisticsAnswer = z.infer<typeof campaignStatisticsAnswer>;
