'use client';
import { CAMPAIGN_GROUPS, type CampaignGroup, type CampaignSort } from '@tallymark/contract/reports/campaigns';
import { parseAsString, parseAsStringEnum, useQueryStates } from 'nuqs';
import { useQuestion } from '../../data/use-question.ts';
import { useScope } from '../../state/use-scope.ts';
import { COLUMNS, MEASURES, type Measure } from './columns.ts';

const MOST_ROWS = 100;

const parsers = {
  by: parseAsStringEnum<CampaignGroup>([...CAMPAIGN_GROUPS]).withDefault('campaign'),
  sort: parseAsStringEnum<CampaignSort>(COLUMNS.map(({ sort }) => sort)).withDefault('impressions'),
  order: parseAsStringEnum<'asc' | 'desc'>(['asc', 'desc']).withDefault('desc'),
  measure: parseAsStringEnum<Measure>([...MEASURES]).withDefault('impressions'),
  /** The one that is open. */
  campaign: parseAsString,
  influencer: parseAsString,
};

export const useCampaignState = () => useQueryStates(parsers, { history: 'push' });

/** Everything about the campaigns of the period; of one campaign or influencer where one is open. */
export function useCampaigns(by?: CampaignGroup) {
  const { scope } = useScope();
  const [{ by: picked, sort, order, campaign, influencer }] = useCampaignState();
  const input = {
    ...scope,
    by: by ?? picked,
    sort,
    order,
    limit: MOST_ROWS,
    ...(campaign && { campaignId: campaign }),
    ...(influencer && { influencerId: influencer }),
  };
  return useQuestion(['campaigns.statistics', input], (client, signal) =>
    client.campaigns.statistics.query(input, { signal }),
  );
}
