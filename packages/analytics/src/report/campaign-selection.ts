import type { TrackingPlan } from '@tallymark/contract/plan';
import type { CampaignsAsked } from '@tallymark/contract/reports/campaigns';
import type { CampaignSelection } from '@tallymark/prisma/stores/report-campaign-parts';
import type { QuestionScope } from './resolve-scope.ts';

/** Types that play a part in campaigns. */
export const campaignTypes = (plan: TrackingPlan) =>
  Object.entries(plan.types).flatMap(([type, { campaign }]) => (campaign ? type : []));

/** Whether any of those types has a value, or a cost. */
export const plansForCampaigns = (plan: TrackingPlan, what: 'value' | 'cost') =>
  Object.values(plan.types).some(({ campaign, report }) => campaign !== undefined && report?.[what] !== undefined);

export const selectionOf = (
  plan: TrackingPlan,
  scope: QuestionScope,
  { by, campaignId, influencerId }: Pick<CampaignsAsked, 'by' | 'campaignId' | 'influencerId'>,
): CampaignSelection => ({
  scope,
  eventTypes: campaignTypes(plan),
  by,
  campaignId: campaignId ?? null,
  influencerId: influencerId ?? null,
});
