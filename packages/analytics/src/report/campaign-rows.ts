import type {
  CampaignFigures,
  CampaignRow,
  CampaignsAsked,
  MeasuredCampaign,
} from '@tallymark/contract/reports/campaigns';
import type { CampaignSelection } from '@tallymark/prisma/stores/report-campaign-parts';
import {
  bucketPlace,
  type CampaignBucket,
  type CampaignSums,
  campaignBucketsStatement,
  campaignsStatement,
  campaignVariancesStatement,
  OTHER_PLACE,
  readCampaignBuckets,
  readCampaigns,
  rowPlace,
  TOTAL_PLACE,
} from '@tallymark/prisma/stores/report-campaigns';
import { type ReportStatement, readStandardErrors } from '@tallymark/prisma/stores/report-placed-variance';
import { wasSampled } from '@tallymark/prisma/stores/report-sampling';
import { campaignFigures, measuredCampaign, NO_CAMPAIGNS } from './campaign-figures.ts';
import { selectionOf } from './campaign-selection.ts';
import { dailyPiecesOf, piecesOf } from './pieces-of.ts';
import type { ReportReader } from './report-database.ts';
import type { ReportDeps } from './report-deps.ts';
import type { QuestionScope } from './resolve-scope.ts';

const NARROW = 'Ask for a shorter period, for one campaign, or without the filter.';

export interface CampaignRows {
  readonly rows: CampaignRow[];
  /** What is in no row; `rows` 0 where nothing is. */
  readonly other: CampaignFigures & { readonly rows: number };
  readonly total: MeasuredCampaign;
  /** A bucket for each of `starts`. */
  readonly days: (CampaignFigures & { readonly start: string })[];
}

/**
 * Campaigns and influencers of a scope in the order asked for, their total, and the sums from each of `starts` to the next.
 * Standard errors are worked out from facts: those that retention has taken away no longer add to them.
 * @throws ReportError `too_expensive` for a filter over more facts than may be read.
 */
export async function campaignRows(
  { plan }: ReportDeps,
  db: ReportReader,
  scope: QuestionScope,
  asked: CampaignsAsked,
  starts: readonly Date[] = [],
): Promise<CampaignRows> {
  const selection = selectionOf(plan, scope, asked);
  const sums = await readCampaigns(
    db,
    await affordable(db, scope, campaignsStatement(selection, piecesOf(scope), asked)),
  );
  const buckets = starts.length === 0 ? [] : await readBuckets(db, selection, scope, starts);
  const errors = await errorsOf(db, selection, sums, starts);
  const other = sums.find(({ place }) => place === null);
  return {
    rows: sums.flatMap((row) =>
      row.place === null
        ? []
        : {
            campaignId: row.campaignId,
            influencerId: row.influencerId,
            ...measuredCampaign(plan, [row], errors.get(rowPlace(row.place))),
          },
    ),
    other: { rows: other?.members ?? 0, ...campaignFigures(plan, other ?? NO_CAMPAIGNS, errors.get(OTHER_PLACE)) },
    total: measuredCampaign(plan, sums, errors.get(TOTAL_PLACE)),
    days: starts.map((start, at) => ({
      start: start.toISOString(),
      ...campaignFigures(
        plan,
        buckets.find(({ bucket }) => bucket === at) ?? NO_CAMPAIGNS,
        errors.get(bucketPlace(at)),
      ),
    })),
  };
}

async function readBuckets(
  db: ReportReader,
  selection: CampaignSelection,
  scope: QuestionScope,
  starts: readonly Date[],
): Promise<CampaignBucket[]> {
  const pieces = dailyPiecesOf(scope, starts);
  const statement = campaignBucketsStatement(selection, pieces, starts);
  if (pieces.days.length === 0) await db.afford(statement.sql, statement.parameters, NARROW);
  return readCampaignBuckets(db, statement);
}

async function errorsOf(
  db: ReportReader,
  selection: CampaignSelection,
  sums: readonly CampaignSums[],
  starts: readonly Date[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  if (sums.length === 0 || !(await wasSampled(db, selection.scope, selection.eventTypes))) return new Map();
  const statement = campaignVariancesStatement(selection, sums, starts);
  await db.afford(statement.sql, statement.parameters, NARROW);
  return readStandardErrors(db, statement);
}

async function affordable(
  db: ReportReader,
  scope: QuestionScope,
  statement: ReportStatement,
): Promise<ReportStatement> {
  if (scope.filter.length > 0) await db.afford(statement.sql, statement.parameters, NARROW);
  return statement;
}
