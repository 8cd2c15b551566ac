import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { type HelperContext, helpersFor } from './build-input.ts';

const { entity } = helpersFor<DemoPlan>();

const impression = entity('campaign_impression');
const conversion = entity('campaign_conversion');

type PropsOf<Helper extends (...args: never[]) => unknown> = Parameters<Helper>[1];

/** What a campaign brings about; the campaign itself is the entity. */
export const CampaignEventHelpers = {
  trackImpression: (props: PropsOf<typeof impression>, context?: HelperContext) =>
    impression(props.campaignId, props, context),
  trackConversion: (props: PropsOf<typeof conversion>, context?: HelperContext) =>
    conversion(props.campaignId, props, context),
};
