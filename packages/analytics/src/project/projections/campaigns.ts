import type { TrackingPlan } from '@tallymark/contract/plan';
import { type AdditiveModel, DAY, foldAdditive, MONTH, VALUE } from '@tallymark/prisma/stores/fold-additive';
import type { Projection } from '../projection.ts';

const played = (role: string) => `CASE WHEN f.campaign_role = '${role}' THEN f.weight ELSE 0 END`;

const by = (column: 'day' | 'month', time: string): AdditiveModel => ({
  keys: {
    site_id: 'f.site_id',
    [column]: time,
    campaign_id: 'f.campaign_id',
    influencer_id: `coalesce(f.influencer_id, '')`,
    is_bot: 'f.is_bot',
  },
  sums: {
    impressions: played('impression'),
    clicks: played('click'),
    conversions: played('conversion'),
    value: VALUE,
    cost: 'coalesce(f.cost, 0) * f.weight',
  },
  where: 'f.campaign_role IS NOT NULL',
});

/** Impressions, clicks and conversions of each campaign and influencer, with what they cost and earned. */
export const campaignsProjection = (plan: TrackingPlan): Projection => ({
  name: 'campaigns',
  version: 1,
  eventTypes: Object.entries(plan.types).flatMap(([type, { campaign }]) => (campaign ? type : [])),
  tables: [
    { name: 'campaign_days', time: 'day' },
    { name: 'campaign_months', time: 'month' },
  ],
  fold: async (tx, fold) => {
    await foldAdditive(tx, fold.table('campaign_days'), by('day', DAY), fold);
    await foldAdditive(tx, fold.table('campaign_months'), by('month', MONTH), fold);
  },
});
