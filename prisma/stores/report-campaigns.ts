import type { CampaignSort } from '@tallymark/contract/reports/campaigns';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import type { CountedPieces } from './counted-parts.ts';
import { bucketOf } from './report-bucket-of.ts';
import {
  CAMPAIGN_MEASURES,
  type CampaignSelection,
  campaignKeys,
  campaignParts,
  fromFacts,
} from './report-campaign-parts.ts';
import { type ReportStatement, UNIT_OF_FACT, variancesSql } from './report-placed-variance.ts';
import { SqlParams } from './sql-params.ts';

const measures = {
  impressions: z.number(),
  clicks: z.number(),
  conversions: z.number(),
  value: z.number(),
  cost: z.number(),
};

const campaignSums = z.object({
  campaignId: z.string().nullable(),
  influencerId: z.string().nullable(),
  /** How many campaigns or influencers it sums up: 1 for a row, more for what is in no row. */
  members: z.number(),
  /** From 1 on in the order asked for; null for what is in no row. */
  place: z.number().nullable(),
  ...measures,
});
export type CampaignSums = z.infer<typeof campaignSums>;

const SORTS: Readonly<Record<CampaignSort, string>> = {
  impressions: 'impressions',
  clicks: 'clicks',
  conversions: 'conversions',
  value: 'value',
  cost: 'cost',
  clickRate: 'clicks / nullif(impressions, 0)',
  conversionRate: 'conversions / nullif(clicks, 0)',
  conversionsPerImpression: 'conversions / nullif(impressions, 0)',
  costPerConversion: 'cost / nullif(conversions, 0)',
  returnOnCost: 'value / nullif(cost, 0)',
};

const SUMS = CAMPAIGN_MEASURES.map((measure) => `coalesce(sum(${measure}), 0)::float8 AS ${measure}`).join(', ');

/** The statement for the first rows in an order, and one more for all others where there are any. */
export function campaignsStatement(
  selection: CampaignSelection,
  pieces: CountedPieces,
  { sort, order, limit }: { readonly sort: CampaignSort; readonly order: 'asc' | 'desc'; readonly limit: number },
): ReportStatement {
  const params = new SqlParams();
  const keys = campaignKeys(selection.by);
  const most = params.add(limit, 'int');
  const sql = `WITH cells AS (
      SELECT ${keys.campaign} AS campaign_id, ${keys.influencer} AS influencer_id, ${SUMS}
      FROM (${campaignParts(params, selection, pieces)}) AS parts GROUP BY 1, 2
    ), ranked AS (
      SELECT *, row_number() OVER (
        ORDER BY ${SORTS[sort]} ${order === 'asc' ? 'ASC' : 'DESC'} NULLS LAST, campaign_id COLLATE "C", influencer_id COLLATE "C"
      ) AS place
      FROM cells
    ), cut AS (SELECT *, CASE WHEN place <= ${most} THEN place::int END AS shown FROM ranked)
    SELECT CASE WHEN shown IS NOT NULL THEN campaign_id END AS "campaignId",
           CASE WHEN shown IS NOT NULL THEN influencer_id END AS "influencerId",
           shown AS place, count(*)::float8 AS members, ${SUMS}
    FROM cut GROUP BY 1, 2, 3 ORDER BY 3 NULLS LAST`;
  return { sql, parameters: params.values };
}

export async function readCampaigns(db: SqlExecutor, { sql, parameters }: ReportStatement): Promise<CampaignSums[]> {
  return z.array(campaignSums).parse(await db.$queryRawUnsafe(sql, ...parameters));
}

const campaignBucket = z.object({ bucket: z.int(), ...measures });
export type CampaignBucket = z.infer<typeof campaignBucket>;

/** The statement for the sums from each of `starts` to the next; those in which nothing happened are left out. */
export function campaignBucketsStatement(
  selection: CampaignSelection,
  pieces: CountedPieces,
  starts: readonly Date[],
): ReportStatement {
  const params = new SqlParams();
  const sql = `SELECT ${bucketOf(params, 'at', starts)} AS bucket, ${SUMS}
    FROM (${campaignParts(params, selection, pieces)}) AS parts GROUP BY 1`;
  return { sql, parameters: params.values };
}

export async function readCampaignBuckets(
  db: SqlExecutor,
  { sql, parameters }: ReportStatement,
): Promise<CampaignBucket[]> {
  return z.array(campaignBucket).parse(await db.$queryRawUnsafe(sql, ...parameters));
}

/** Places of variances. */
export const TOTAL_PLACE = 'total';
export const OTHER_PLACE = 'other';
export const rowPlace = (place: number) => `row ${place}`;
export const bucketPlace = (bucket: number) => `bucket ${bucket}`;

/** The statement for the variances of the measures: of the total, of rows and what is in none, and of buckets. */
export function campaignVariancesStatement(
  selection: CampaignSelection,
  rows: readonly CampaignSums[],
  starts: readonly Date[],
): ReportStatement {
  const params = new SqlParams();
  const keys = campaignKeys(selection.by);
  const shown = rows.filter(({ place }) => place !== null);
  const column = (values: readonly (string | null)[]) => params.add([...values], 'text[]');
  const named = `unnest(${column(shown.map(({ campaignId }) => campaignId))}, ${column(shown.map(({ influencerId }) => influencerId))},
      ${column(shown.map(({ place }) => (place === null ? OTHER_PLACE : rowPlace(place))))}) AS shown (campaign, influencer, place)`;
  const sampled = fromFacts(params, selection, selection.scope, `, ${UNIT_OF_FACT}`);
  const buckets = starts.length === 0 ? '' : `, ('bucket ' || ${bucketOf(params, 'at', starts)})`;
  const placed = `SELECT places.place, sampled.unit, sampled.p, ${CAMPAIGN_MEASURES.join(', ')}
    FROM (${sampled} AND f.sampling_unit IS NOT NULL) AS sampled
    LEFT JOIN ${named}
      ON shown.campaign IS NOT DISTINCT FROM ${keys.campaign} AND shown.influencer IS NOT DISTINCT FROM ${keys.influencer}
    CROSS JOIN LATERAL (VALUES ('${TOTAL_PLACE}'), (coalesce(shown.place, '${OTHER_PLACE}')) ${buckets}) AS places (place)`;
  return { sql: variancesSql(placed, CAMPAIGN_MEASURES), parameters: params.values };
}
