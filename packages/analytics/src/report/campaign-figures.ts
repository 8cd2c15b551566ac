import type { TrackingPlan } from '@tallymark/contract/plan';
import type { CampaignFigures, MeasuredCampaign } from '@tallymark/contract/reports/campaigns';
import type { Figure } from '@tallymark/contract/reports/figure';
import { plansForCampaigns } from './campaign-selection.ts';

/** Sums over events of campaigns. */
export type CampaignTotals = Readonly<Record<'impressions' | 'clicks' | 'conversions' | 'value' | 'cost', number>>;

/** Standard errors of impressions, clicks, conversions, value and cost, in this order; undefined where all are exact. */
export type CampaignErrors = readonly number[] | undefined;

export const NO_CAMPAIGNS: CampaignTotals = { impressions: 0, clicks: 0, conversions: 0, value: 0, cost: 0 };

export function sumCampaigns(all: readonly CampaignTotals[]): CampaignTotals {
  return all.reduce(
    (sum, one) => ({
      impressions: sum.impressions + one.impressions,
      clicks: sum.clicks + one.clicks,
      conversions: sum.conversions + one.conversions,
      value: sum.value + one.value,
      cost: sum.cost + one.cost,
    }),
    NO_CAMPAIGNS,
  );
}

export function estimated(value: number, standard = 0): Figure {
  return { value, error: standard > 0 ? { standard, reason: 'sampling' } : null };
}

/** Sums as figures; value and cost only where the plan has them. */
export function campaignFigures(plan: TrackingPlan, sums: CampaignTotals, errors: CampaignErrors): CampaignFigures {
  const [impressions, clicks, conversions, value, cost] = errors ?? [];
  return {
    impressions: estimated(sums.impressions, impressions),
    clicks: estimated(sums.clicks, clicks),
    conversions: estimated(sums.conversions, conversions),
    value: plansForCampaigns(plan, 'value') ? estimated(sums.value, value) : null,
    cost: plansForCampaigns(plan, 'cost') ? estimated(sums.cost, cost) : null,
  };
}

/**
 * One campaign, or several together, with what the sums come to for each other. Of several, those alone that both can be
 * known of: the clicks of a campaign whose impressions nobody counts say nothing about a click rate, and what cost nothing
 * has no return on it.
 */
export function measuredCampaign(
  plan: TrackingPlan,
  campaigns: readonly CampaignTotals[],
  errors: CampaignErrors,
): MeasuredCampaign {
  const figures = campaignFigures(plan, sumCampaigns(campaigns), errors);
  const ratio = (part: keyof CampaignTotals, whole: keyof CampaignTotals, known = whole) => {
    const sums = sumCampaigns(campaigns.filter((campaign) => campaign[known] > 0));
    return sums[whole] === 0 ? null : sums[part] / sums[whole];
  };
  const percent = (share: number | null) => share && 100 * share;
  return {
    ...figures,
    clickRate: percent(ratio('clicks', 'impressions')),
    conversionRate: percent(ratio('conversions', 'clicks')),
    conversionsPerImpression: percent(ratio('conversions', 'impressions')),
    costPerConversion: figures.cost && ratio('cost', 'conversions', 'cost'),
    returnOnCost: figures.cost && figures.value && ratio('value', 'cost'),
  };
}
