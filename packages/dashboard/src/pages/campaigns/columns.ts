import type { CampaignFigures, CampaignSort, MeasuredCampaign } from '@tallymark/contract/reports/campaigns';
import { exact, type Figure } from '@tallymark/contract/reports/figure';
import type { Unit } from '../../format/numbers.ts';

export interface CampaignColumn {
  readonly sort: CampaignSort;
  readonly title: string;
  readonly unit: Unit;
  /** What more of it means. */
  readonly more: 'good' | 'bad';
}

/** In the order of the table. Value and cost are in the plan's unit, which is cents here. */
export const COLUMNS: readonly CampaignColumn[] = [
  { sort: 'impressions', title: 'Impressions', unit: 'count', more: 'good' },
  { sort: 'clicks', title: 'Clicks', unit: 'count', more: 'good' },
  { sort: 'clickRate', title: 'Click rate', unit: 'percent', more: 'good' },
  { sort: 'conversions', title: 'Conversions', unit: 'count', more: 'good' },
  { sort: 'conversionRate', title: 'Conversion rate', unit: 'percent', more: 'good' },
  { sort: 'value', title: 'Value', unit: 'cents', more: 'good' },
  { sort: 'cost', title: 'Cost', unit: 'cents', more: 'bad' },
  { sort: 'costPerConversion', title: 'Cost per conversion', unit: 'cents', more: 'bad' },
  { sort: 'returnOnCost', title: 'Return on cost', unit: 'percent', more: 'good' },
];

const PER_CENT = 100;

/** The figure of a column; null where there is nothing to divide by, or the plan has no such prop. */
export function figureOf(row: Partial<MeasuredCampaign>, sort: CampaignSort): Figure | null {
  const found = row[sort] ?? null;
  if (typeof found !== 'number') return found;
  return exact(sort === 'returnOnCost' ? found * PER_CENT : found);
}

export type Measure = keyof CampaignFigures;
export const MEASURES = ['impressions', 'clicks', 'conversions', 'value', 'cost'] as const satisfies readonly Measure[];
