import type { AlertCondition, AlertEvent, AlertSource, PipelineFigure } from '@tallymark/contract/alerts';
import { type Measured, percentChange } from './judge-condition.ts';

const FIGURES: Readonly<Record<PipelineFigure, { readonly title: string; readonly unit: string }>> = {
  deduplication_rate: { title: 'Deduplication rate', unit: ' %' },
  stuck_shards: { title: 'Stuck shards', unit: '' },
  oldest_buffered_seconds: { title: 'Age of the oldest buffered event', unit: ' s' },
  dead_letters: { title: 'Dead letters', unit: '' },
  projection_lag_seconds: { title: 'Lag of projections', unit: ' s' },
  ledger_difference: { title: 'Difference of the ledger', unit: '' },
};

const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });
const DAY_MINUTES = 1_440;
const HOUR_MINUTES = 60;

export interface MessageOf {
  readonly source: AlertSource;
  readonly condition: AlertCondition;
  readonly windowMinutes: number;
}

/** What was measured and what it was held against: `Dead letters: 3; told above 0.` */
export function alertMessage(rule: MessageOf, what: AlertEvent['what'], measured: Measured): string {
  const unit = rule.source.kind === 'pipeline' ? FIGURES[rule.source.figure].unit : '';
  const write = (value: number | null) => (value === null ? 'no data' : `${plain.format(value)}${unit}`);
  const measuredWords = `${titleOf(rule)}: ${write(measured.value)}${comparison(rule.condition, measured, write)}`;
  const begin = { fired: '', reminded: 'Still: ', resolved: 'Over: ', failed: '', recovered: 'Answered again: ' }[what];
  return `${begin}${measuredWords}; told ${conditionWords(rule.condition, write)}.`;
}

function titleOf({ source, windowMinutes }: MessageOf): string {
  if (source.kind === 'pipeline') return FIGURES[source.figure].title;
  return `${source.pointer} of ${source.question} in ${minutesWords(windowMinutes)}`;
}

function minutesWords(minutes: number): string {
  const [size, name] =
    minutes % DAY_MINUTES === 0
      ? [DAY_MINUTES, 'day']
      : minutes % HOUR_MINUTES === 0
        ? [HOUR_MINUTES, 'hour']
        : [1, 'minute'];
  const count = minutes / size;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

type Write = (value: number | null) => string;

function comparison(condition: AlertCondition, measured: Measured, write: Write): string {
  if (condition.kind !== 'change') return '';
  const change = percentChange(measured);
  const by = change === null ? '' : `, ${change < 0 ? 'down' : 'up'} by ${plain.format(Math.abs(change))} %`;
  return `, a week before ${write(measured.reference)}${by}`;
}

function conditionWords(condition: AlertCondition, write: Write): string {
  switch (condition.kind) {
    case 'above':
    case 'below':
      return `${condition.kind} ${write(condition.than)}`;
    case 'change':
      return `at ${plain.format(condition.percent)} % ${{ up: 'up', down: 'down', either: 'up or down' }[condition.direction]}`;
    case 'no_data':
      return 'without data';
  }
}
