'use client';
import type { PathsInput } from '@tallymark/contract/reports/paths';
import { parseAsInteger, parseAsString, parseAsStringEnum, useQueryStates } from 'nuqs';
import { useSuggestions } from '../../data/use-suggestions.ts';

export const DEEPEST = 5;

const parsers = {
  page: parseAsString,
  eventType: parseAsString,
  direction: parseAsStringEnum(['after', 'before']).withDefault('after'),
  of: parseAsStringEnum(['pages', 'events']).withDefault('pages'),
  depth: parseAsInteger.withDefault(3),
};

/** Where paths begin or end, as the URL says it; else the most frequent page. */
export function usePaths() {
  const [state, setState] = useQueryStates(parsers, { history: 'push' });
  const pages = useSuggestions('page');
  const at: PathsInput['at'] | null =
    state.eventType !== null
      ? { eventType: state.eventType }
      : state.page !== null
        ? { page: state.page }
        : pages[0] !== undefined
          ? { page: pages[0] }
          : null;
  return {
    at,
    pages,
    direction: state.direction as 'after' | 'before',
    of: state.of as 'pages' | 'events',
    depth: Math.min(Math.max(state.depth, 1), DEEPEST),
    setAt: (next: PathsInput['at'] | null) => void setState({ page: null, eventType: null, ...next }),
    setShape: (shape: { direction?: 'after' | 'before'; of?: 'pages' | 'events'; depth?: number }) =>
      void setState(shape),
  };
}

export type PathsAsked = ReturnType<typeof usePaths>;
