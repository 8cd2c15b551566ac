import {
  campaignConversionsAnswer,
  campaignConversionsInput,
  campaignImpressionsAnswer,
  campaignImpressionsInput,
  campaignStatisticsAnswer,
  campaignStatisticsInput,
} from '@tallymark/contract/reports/campaigns';
import { askCampaignConversions, askCampaignImpressions, askCampaignStatistics } from '../report/campaigns.ts';
import { resolveScope } from '../report/resolve-scope.ts';
import { siteProcedure } from './report-procedure.ts';
import { router } from './trpc.ts';

/** What campaigns and influencers were worth. */
export function createCampaignsRouter() {
  return router({
    impressions: siteProcedure('viewer')
      .meta({ question: 'How often each campaign or influencer was seen and clicked, and what that cost.' })
      .input(campaignImpressionsInput)
      .output(campaignImpressionsAnswer)
      .query(async ({ ctx, input }) =>
        askCampaignImpressions(ctx.reports, await resolveScope(ctx.reports, ctx.siteId, input), input),
      ),
    conversions: siteProcedure('viewer')
      .meta({
        question:
          'What each campaign or influencer led to, with rates, cost and return, and which campaigns conversions are ' +
          'attributed to by first and by last touch.',
      })
      .input(campaignConversionsInput)
      .output(campaignConversionsAnswer)
      .query(async ({ ctx, input }) =>
        askCampaignConversions(ctx.reports, await resolveScope(ctx.reports, ctx.siteId, input), input),
      ),
    statistics: siteProcedure('viewer')
      .meta({
        question:
          'Everything about campaigns and influencers in a period: each of them, day by day, and the period before.',
      })
      .input(campaignStatisticsInput)
      .output(campaignStatisticsAnswer)
      .query(async ({ ctx, input }) =>
        askCampaignStatistics(ctx.reports, await resolveScope(ctx.reports, ctx.siteId, input), input),
      ),
  });
}
