import { PIPELINE_FIGURES, type PipelineFigure } from '@tallymark/contract/alerts';
import type { OverviewAnswer } from '@tallymark/contract/reports/overview';
import type { Unit } from '../../format/numbers.ts';
import { HEADLINE } from '../overview/metrics.ts';

export const OVERVIEW = 'stats.overview';

/** What the usual rules watch: figures of `stats.overview`. */
export type OverviewFigure = Exclude<keyof OverviewAnswer, 'scope' | 'previous'>;

interface NamedFigure {
  readonly title: string;
  readonly unit: Unit;
}

export const OVERVIEW_FIGURES: readonly (NamedFigure & { readonly figure: OverviewFigure })[] = [
  ...HEADLINE,
  { figure: 'value', title: 'Value', unit: 'cents' },
];

export const PIPELINE_TITLES: Readonly<Record<PipelineFigure, NamedFigure>> = {
  deduplication_rate: { title: 'Deduplication rate', unit: 'percent' },
  stuck_shards: { title: 'Stuck shards', unit: 'count' },
  oldest_buffered_seconds: { title: 'Age of the oldest buffered event', unit: 'seconds' },
  dead_letters: { title: 'Dead letters', unit: 'count' },
  projection_lag_seconds: { title: 'Lag of projections', unit: 'seconds' },
  ledger_difference: { title: 'Difference of the ledger', unit: 'count' },
};

/** One choice of what a rule watches. */
export type Measure = OverviewFigure | 'eventsOfType' | PipelineFigure | 'question';

export const isPipelineFigure = (measure: Measure): measure is PipelineFigure =>
  PIPELINE_FIGURES.some((figure) => figure === measure);

interface MeasureOption {
  readonly value: Measure;
  readonly label: string;
}

const SITE_OPTIONS: readonly MeasureOption[] = [
  ...OVERVIEW_FIGURES.map(({ figure, title }) => ({ value: figure, label: title })),
  { value: 'eventsOfType', label: 'Events of a type' },
  { value: 'question', label: 'Any question …' },
];
const PIPELINE_OPTIONS: readonly MeasureOption[] = PIPELINE_FIGURES.map((figure) => ({
  value: figure,
  label: `Pipeline: ${PIPELINE_TITLES[figure].title.toLowerCase()}`,
}));

/** What can be watched by rules of a site, by those about the pipeline, or by either. */
export function measureOptions(of: 'site' | 'pipeline' | 'either'): readonly MeasureOption[] {
  if (of === 'site') return SITE_OPTIONS;
  return of === 'pipeline' ? PIPELINE_OPTIONS : [...SITE_OPTIONS, ...PIPELINE_OPTIONS];
}

/** The unit of a figure that is chosen by name; what any other question answers is only known to be a number. */
export function unitOf(measure: Measure): Unit | null {
  if (measure === 'question') return null;
  if (measure === 'eventsOfType') return 'count';
  if (isPipelineFigure(measure)) return PIPELINE_TITLES[measure].unit;
  return OVERVIEW_FIGURES.find(({ figure }) => figure === measure)?.unit ?? null;
}
