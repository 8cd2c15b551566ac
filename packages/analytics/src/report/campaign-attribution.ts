import type { TrackingPlan } from '@tallymark/contract/plan';
import type { AttributedConversions, CampaignsAsked } from '@tallymark/contract/reports/campaigns';
import {
  type AttributedSums,
  type AttributionSelection,
  attributionPlace,
  attributionStatement,
  attributionVariancesStatement,
  readAttribution,
} from '@tallymark/prisma/stores/report-attribution';
import { readStandardErrors } from '@tallymark/prisma/stores/report-placed-variance';
import { wasSampled } from '@tallymark/prisma/stores/report-sampling';
import { estimated } from './campaign-figures.ts';
import { piecesOf } from './pieces-of.ts';
import { conversionTypes } from './plan-types.ts';
import type { ReportReader } from './report-database.ts';
import type { ReportDeps } from './report-deps.ts';
import type { QuestionScope } from './resolve-scope.ts';

const NARROW = 'Ask for a shorter period, or without the filter.';

/**
 * The conversions of a scope by what brought them, the most first and `limit` of each model at the most.
 * @throws ReportError `too_expensive` for a filter over more facts than may be read.
 */
export async function attributedConversions(
  { plan }: ReportDeps,
  db: ReportReader,
  scope: QuestionScope,
  { by, campaignId, influencerId, limit }: Pick<CampaignsAsked, 'by' | 'campaignId' | 'influencerId' | 'limit'>,
): Promise<AttributedConversions[]> {
  const selection = { scope, by, campaignId: campaignId ?? null, influencerId: influencerId ?? null };
  const statement = attributionStatement(selection, piecesOf(scope), limit);
  if (scope.filter.length > 0) await db.afford(statement.sql, statement.parameters, NARROW);
  const rows = await readAttribution(db, statement);
  const errors = await errorsOf(plan, db, selection, rows);
  return rows.map((row, at) => {
    const [conversions, value] = errors.get(attributionPlace(row, at)) ?? [];
    return { ...row, conversions: estimated(row.conversions, conversions), value: estimated(row.value, value) };
  });
}

async function errorsOf(
  plan: TrackingPlan,
  db: ReportReader,
  selection: AttributionSelection,
  rows: readonly AttributedSums[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  if (rows.length === 0 || !(await wasSampled(db, selection.scope, conversionTypes(plan)))) return new Map();
  const statement = attributionVariancesStatement(selection, rows);
  await db.afford(statement.sql, statement.parameters, NARROW);
  return readStandardErrors(db, statement);
}
