import type { CampaignGroup } from '@tallymark/contract/reports/campaigns';
import type { CountedPieces } from './counted-parts.ts';
import { botCondition, type FactScope, withinScope } from './fact-scope.ts';
import type { SqlParams } from './sql-params.ts';

interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** Which events of campaigns are asked about. */
export interface CampaignSelection {
  readonly scope: FactScope;
  /** Types that play a part in campaigns. */
  readonly eventTypes: readonly string[];
  readonly by: CampaignGroup;
  readonly campaignId: string | null;
  readonly influencerId: string | null;
}

export const CAMPAIGN_MEASURES = ['impressions', 'clicks', 'conversions', 'value', 'cost'] as const;

/** Rows (at, campaign_id, influencer_id and the measures) that add up to what is asked about. */
export function campaignParts(params: SqlParams, selection: CampaignSelection, pieces: CountedPieces): string {
  return [
    ...pieces.months.map((period) => summed(params, selection, 'month', period)),
    ...pieces.days.map((period) => summed(params, selection, 'day', period)),
    ...pieces.rests.map((period) => fromFacts(params, selection, period)),
  ].join(' UNION ALL ');
}

const MEASURES_OF_FACT = [
  ...['impression', 'click', 'conversion'].map(
    (role) => `CASE WHEN f.campaign_role = '${role}' THEN f.weight ELSE 0 END AS ${role}s`,
  ),
  'coalesce(f.value, 0) * f.weight AS value',
  'coalesce(f.cost, 0) * f.weight AS cost',
].join(', ');

/** Of each fact that is asked about; `more` is selected beside it. */
export function fromFacts(params: SqlParams, selection: CampaignSelection, period: Period, more = ''): string {
  const { scope, eventTypes, campaignId, influencerId } = selection;
  const conditions = [
    'f.campaign_role IS NOT NULL',
    // Those that play a part are known by their types, which there is an index on.
    `f.event_type = ANY (${params.add([...eventTypes], 'text[]')})`,
    withinScope(params, { ...scope, from: period.from, to: period.to }),
    ...(campaignId === null ? [] : [`f.campaign_id = ${params.add(campaignId, 'text')}`]),
    ...(influencerId === null ? [] : [`f.influencer_id = ${params.add(influencerId, 'text')}`]),
  ];
  return `SELECT f.occurred_at AS at, f.campaign_id, coalesce(f.influencer_id, '') AS influencer_id, ${MEASURES_OF_FACT} ${more}
    FROM event_facts f WHERE ${conditions.join(' AND ')}`;
}

function summed(
  params: SqlParams,
  { scope, campaignId, influencerId }: CampaignSelection,
  grain: 'day' | 'month',
  period: Period,
): string {
  const conditions = [
    `c.site_id = ${params.add(scope.siteId, 'uuid')}`,
    `c.${grain} >= ${params.add(period.from.toISOString().slice(0, 10), 'date')}`,
    `c.${grain} < ${params.add(period.to.toISOString().slice(0, 10), 'date')}`,
    ...botCondition(scope.bots, 'c'),
    ...(campaignId === null ? [] : [`c.campaign_id = ${params.add(campaignId, 'text')}`]),
    ...(influencerId === null ? [] : [`c.influencer_id = ${params.add(influencerId, 'text')}`]),
  ];
  return `SELECT c.${grain}::timestamp AT TIME ZONE 'UTC' AS at, c.campaign_id, c.influencer_id,
      ${CAMPAIGN_MEASURES.map((measure) => `c.${measure}`).join(', ')}
    FROM campaign_${grain}s c WHERE ${conditions.join(' AND ')}`;
}

/** What rows are told apart by. */
export const campaignKeys = (by: CampaignGroup): { readonly campaign: string; readonly influencer: string } => ({
  campaign: by === 'influencer' ? 'NULL::text' : 'campaign_id',
  influencer: by === 'campaign' ? 'NULL::text' : 'influencer_id',
});
