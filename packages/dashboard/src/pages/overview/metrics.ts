import type { OverviewAnswer } from '@tallymark/contract/reports/overview';
import type { Unit } from '../../format/numbers.ts';

/** Those that `stats.timeseries` knows. */
export const METRICS = ['visitors', 'sessions', 'page_views', 'events', 'conversions'] as const;
export type Metric = (typeof METRICS)[number];

type FigureName = Exclude<keyof OverviewAnswer, 'scope' | 'previous' | 'since'>;

export interface HeadlineEntry {
  readonly figure: FigureName;
  readonly title: string;
  readonly unit: Unit;
  readonly more: 'good' | 'bad';
  /** What the chart shows when it is picked. */
  readonly metric: Metric | null;
}

export const HEADLINE: readonly HeadlineEntry[] = [
  { figure: 'visitors', title: 'Visitors', unit: 'count', more: 'good', metric: 'visitors' },
  { figure: 'sessions', title: 'Sessions', unit: 'count', more: 'good', metric: 'sessions' },
  { figure: 'pageViews', title: 'Page views', unit: 'count', more: 'good', metric: 'page_views' },
  { figure: 'events', title: 'Events', unit: 'count', more: 'good', metric: 'events' },
  { figure: 'conversions', title: 'Conversions', unit: 'count', more: 'good', metric: 'conversions' },
  { figure: 'conversionRate', title: 'Sessions that convert', unit: 'percent', more: 'good', metric: null },
  { figure: 'bounceRate', title: 'Bounce rate', unit: 'percent', more: 'bad', metric: null },
  { figure: 'sessionDuration', title: 'Session duration', unit: 'seconds', more: 'good', metric: null },
];
