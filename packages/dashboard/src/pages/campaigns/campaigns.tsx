'use client';
import {
  CAMPAIGN_GROUPS,
  type CampaignGroup,
  type CampaignStatisticsAnswer,
} from '@tallymark/contract/reports/campaigns';
import { ArrowLeft } from 'lucide-react';
import { TilesLoading } from '../../charts/tiles.tsx';
import { Answered } from '../../data/answered.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { IncompleteNote } from '../../ui/incomplete-note.tsx';
import { Select } from '../../ui/select.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { CampaignDays } from './campaign-days.tsx';
import { CampaignTable } from './campaign-table.tsx';
import { CampaignTiles } from './campaign-tiles.tsx';
import { TouchTable } from './touch-table.tsx';
import { useCampaignState, useCampaigns } from './use-campaigns.ts';

const GROUP_NAMES: Readonly<Record<CampaignGroup, string>> = {
  campaign: 'By campaign',
  influencer: 'By influencer',
  both: 'By campaign and influencer',
};
const GROUPS = CAMPAIGN_GROUPS.map((value) => ({ value, label: GROUP_NAMES[value] }));
const NAMES = { campaign: ['campaign'], influencer: ['influencer'], both: ['campaign', 'influencer'] } as const;

/** What campaigns and influencers were worth; one of them alone where it is open. */
export function Campaigns() {
  const [{ by, campaign, influencer }, setState] = useCampaignState();
  // Of one campaign the influencers are told, of one influencer the campaigns.
  const shown: CampaignGroup = campaign && influencer ? 'both' : campaign ? 'influencer' : influencer ? 'campaign' : by;
  const statistics = useCampaigns(shown);
  const open = [campaign, influencer].filter(Boolean).join(' · ');
  return (
    <div className="grid grid-cols-1 gap-4">
      {open && (
        <div className="flex flex-wrap items-center gap-3">
          <Button size="small" onClick={() => void setState({ campaign: null, influencer: null })}>
            <ArrowLeft aria-hidden /> All campaigns
          </Button>
          <h2 className="text-base font-semibold break-all">{open}</h2>
        </div>
      )}
      <Answered question={statistics} loading={<Loading />}>
        {(answer: CampaignStatisticsAnswer) => (
          <div className="grid grid-cols-1 gap-4">
            <IncompleteNote before={answer.scope.incompleteBefore} />
            <CampaignTiles answer={answer} />
            <CampaignDays days={answer.days} />
            <Card
              title={shown === 'influencer' ? 'Influencers' : 'Campaigns'}
              note="Rates are of sums. A return of 100 % has earned what it cost."
              actions={
                !open && (
                  <Select
                    label="A row for each"
                    value={by}
                    options={GROUPS}
                    onChange={(picked) => void setState({ by: picked })}
                  />
                )
              }
            >
              <CampaignTable answer={answer} label="Campaigns and their figures" names={NAMES[shown]} />
            </Card>
            <Card
              title="First and last touch"
              note="Conversions of any kind, told by the campaign that brought the visitor within 90 days before."
            >
              <TouchTable attribution={answer.attribution} />
            </Card>
          </div>
        )}
      </Answered>
    </div>
  );
}

function Loading() {
  return (
    <div className="grid grid-cols-1 gap-4">
      <TilesLoading count={8} />
      <Skeleton className="h-[20.5rem] w-full" />
      <Skeleton className="h-64 w-full" />
    </div>
  );
}
