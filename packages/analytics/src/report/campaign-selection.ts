import type { TrackingPlan } from '@tallymark/contract/plan';
import type { CampaignsAsked } from '@tallymark/contract/reports/campaigns';
import type { CampaignPieces, CampaignSelection } from '@tallymark/prisma/stores/report-campaign-parts';
import { cutPeriod } from './cut-period.ts';
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

/** Sums by UTC day in the middle and facts at the ends; facts alone where there is a filter. */
export function campaignPieces({ from, to, filter }: QuestionScope): CampaignPieces {
  if (filter.length > 0) return { days: [], rests: [{ from, to }] };
  const { months, days, rests } = cutPeriod(from, to);
  return { days: [...months, ...days], rests };
}
