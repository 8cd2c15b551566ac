import type {
  CampaignConversionsAnswer,
  CampaignImpressionsAnswer,
  CampaignStatisticsAnswer,
  CampaignsAsked,
} from '@tallymark/contract/reports/campaigns';
import { campaignsStatement, readCampaigns } from '@tallymark/prisma/stores/report-campaigns';
import { attributedConversions } from './campaign-attribution.ts';
import { sumCampaigns } from './campaign-figures.ts';
import { campaignRows } from './campaign-rows.ts';
import { plansForCampaigns, selectionOf } from './campaign-selection.ts';
import { previousOf } from './overview.ts';
import { piecesOf } from './pieces-of.ts';
import type { ReportReader } from './report-database.ts';
import type { ReportDeps } from './report-deps.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { answered } from './scope-answer.ts';
import { timeBuckets } from './time-buckets.ts';

const NARROW = 'Ask for a shorter period, for one campaign, or without the filter.';

/** How often campaigns were seen and clicked, and what that cost. @throws ReportError `too_expensive` */
export function askCampaignImpressions(
  deps: ReportDeps,
  scope: QuestionScope,
  asked: CampaignsAsked,
): Promise<CampaignImpressionsAnswer> {
  return deps.reports.answer('campaigns.impressions', async (db) => {
    const { rows, other, total } = await campaignRows(deps, db, scope, asked);
    return {
      scope: answered(scope),
      rows: rows.map(({ campaignId, influencerId, ...row }) => ({
        campaignId,
        influencerId,
        ...seen(row),
        clickRate: row.clickRate,
      })),
      other: { rows: other.rows, ...seen(other) },
      total: { ...seen(total), clickRate: total.clickRate },
    };
  });
}

const seen = <Figure, Cost>({ impressions, clicks, cost }: { impressions: Figure; clicks: Figure; cost: Cost }) => ({
  impressions,
  clicks,
  cost,
});

/** What campaigns led to, and which of them brought whoever converted. @throws ReportError `too_expensive` */
export function askCampaignConversions(
  deps: ReportDeps,
  scope: QuestionScope,
  asked: CampaignsAsked,
): Promise<CampaignConversionsAnswer> {
  return deps.reports.answer('campaigns.conversions', async (db) => {
    const { rows, other, total } = await campaignRows(deps, db, scope, asked);
    const { clickRate: _rate, ...converted } = total;
    return {
      scope: answered(scope),
      rows: rows.map(({ clickRate: _clickRate, ...row }) => row),
      other,
      total: converted,
      attribution: await attributedConversions(deps, db, scope, asked),
    };
  });
}

/** All of it, day by day and beside the period before. @throws ReportError `too_expensive` */
export function askCampaignStatistics(
  deps: ReportDeps,
  scope: QuestionScope,
  asked: CampaignsAsked,
): Promise<CampaignStatisticsAnswer> {
  return deps.reports.answer('campaigns.statistics', async (db) => {
    const starts = (await timeBuckets(db, scope, 'day')).map(({ start }) => start);
    return {
      scope: answered(scope),
      ...(await campaignRows(deps, db, scope, asked, starts)),
      previous: await previousTotal(deps, db, previousOf(scope), asked),
      attribution: await attributedConversions(deps, db, scope, asked),
    };
  });
}

async function previousTotal({ plan }: ReportDeps, db: ReportReader, scope: QuestionScope, asked: CampaignsAsked) {
  const selection = selectionOf(plan, scope, asked);
  // One row for all.
  const statement = campaignsStatement(selection, piecesOf(scope), {
    sort: 'impressions',
    order: 'desc',
    limit: 1,
  });
  if (scope.filter.length > 0) await db.afford(statement.sql, statement.parameters, NARROW);
  const { value, cost, ...sums } = sumCampaigns(await readCampaigns(db, statement));
  return {
    from: scope.from.toISOString(),
    to: scope.to.toISOString(),
    ...sums,
    value: plansForCampaigns(plan, 'value') ? value : null,
    cost: plansForCampaigns(plan, 'cost') ? cost : null,
  };
}
