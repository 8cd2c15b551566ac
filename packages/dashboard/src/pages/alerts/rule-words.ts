import type { Alert, AlertCondition, AlertSource } from '@tallymark/contract/alerts';
import { type Unit, writeChange, writeNumber } from '../../format/numbers.ts';
import { isPipelineFigure, OVERVIEW_FIGURES, PIPELINE_TITLES, unitOf } from './measures.ts';
import { readSource } from './read-source.ts';

const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });

/** What a rule watches, in words. */
export function watchedWords(source: AlertSource): string {
  const { measure, eventType } = readSource(source);
  if (measure === 'eventsOfType') return `Events of type ${eventType}`;
  if (isPipelineFigure(measure)) return PIPELINE_TITLES[measure].title;
  if (measure === 'question') return source.kind === 'question' ? `${source.pointer} of ${source.question}` : '';
  return OVERVIEW_FIGURES.find(({ figure }) => figure === measure)?.title ?? measure;
}

/** Null where only the question knows it. */
export const unitOfSource = (source: AlertSource): Unit | null => unitOf(readSource(source).measure);

/** A figure of a rule, in its unit where that is known. */
export const writeFigure = (value: number, unit: Unit | null): string =>
  unit ? writeNumber(value, unit) : plain.format(value);

const DIRECTIONS = { up: 'rises by', down: 'falls by', either: 'changes by' } as const;

/** `is above 10 %`. */
export function conditionWords(condition: AlertCondition, unit: Unit | null): string {
  switch (condition.kind) {
    case 'above':
      return `is above ${writeFigure(condition.than, unit)}`;
    case 'below':
      return `is below ${writeFigure(condition.than, unit)}`;
    case 'change':
      return `${DIRECTIONS[condition.direction]} ${writeNumber(condition.percent, 'percent')} or more in a week`;
    case 'no_data':
      return 'has no data';
  }
}

/** By how much the figure differs from that of a week before: `+12 %`. Null where there is nothing to compare. */
export function writeWeekChange({ value, reference }: Pick<Alert, 'value' | 'reference'>): string | null {
  if (value === null || reference === null || reference === 0) return null;
  return writeChange(((value - reference) / Math.abs(reference)) * 100);
}

const DAY = 24 * 60;

/** `15 minutes`, `1 hour`, `7 days`. */
export function writeMinutes(minutes: number): string {
  const [size, name] = minutes % DAY === 0 ? [DAY, 'day'] : minutes % 60 === 0 ? [60, 'hour'] : [1, 'minute'];
  const count = minutes / size;
  return `${plain.format(count)} ${name}${count === 1 ? '' : 's'}`;
}
