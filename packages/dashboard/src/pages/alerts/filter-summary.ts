import type { AlertSource } from '@tallymark/contract/alerts';
import { writeCondition } from '../../filters/filter-words.ts';
import { readSource } from './read-source.ts';

const WHO = { include: 'bots included', only: 'bots only', exclude: null } as const;

/** What a rule leaves out, in words: `Channel is email, bots included`. Empty where it leaves out nothing. */
export function filterWords(source: AlertSource): string {
  if (source.kind === 'pipeline') return '';
  const { measure, filter, segmentId, bots } = readSource(source);
  if (measure === 'question') return Object.keys(source.input).length > 0 ? JSON.stringify(source.input) : '';
  return [...filter.map(writeCondition), segmentId && 'in a segment', WHO[bots]].filter(Boolean).join(', ');
}
