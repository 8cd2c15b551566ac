'use client';
import { type FilterCondition, filterCondition } from '@tallymark/contract/reports/filter';
import type { ReportScope } from '@tallymark/contract/reports/scope';
import {
  createParser,
  parseAsArrayOf,
  parseAsBoolean,
  parseAsIsoDateTime,
  parseAsString,
  parseAsStringEnum,
  useQueryStates,
} from 'nuqs';
import { useMemo } from 'react';
import { PERIODS, pickedRange, rangeOf } from './period.ts';
import { useSiteId } from './site-context.ts';
import { useMinute } from './use-minute.ts';

/** `field~op~value`, the value as JSON where it is no text: `page~is~/pricing`. */
const parseAsCondition = createParser<FilterCondition>({
  parse: (text) => {
    const [field = '', op = '', ...rest] = text.split('~');
    const value = rest.join('~');
    const read = filterCondition.safeParse({ field, op, ...(value !== '' && { value: readValue(value) }) });
    return read.success ? read.data : null;
  },
  serialize: ({ field, op, value }) =>
    [field, op, ...(value === undefined ? [] : [typeof value === 'string' ? value : JSON.stringify(value)])].join('~'),
});

function readValue(text: string): unknown {
  if (!/^(\[|-?\d|true$|false$)/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const parsers = {
  period: parseAsStringEnum([...PERIODS]).withDefault('30d'),
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
  site: parseAsString,
  bots: parseAsStringEnum(['include', 'exclude', 'only']).withDefault('exclude'),
  compare: parseAsBoolean.withDefault(true),
  segment: parseAsString,
  f: parseAsArrayOf(parseAsCondition, ';').withDefault([]),
};

/** What the whole dashboard is about, as the URL says it: period, site, filters. Every page reads and changes it here. */
export function useScope() {
  const [state, setState] = useQueryStates(parsers, { history: 'push' });
  const minute = useMinute();
  const site = useSiteId();
  const { period, from, to, bots, segment, f } = state;
  const scope = useMemo((): ReportScope => {
    const now = new Date(minute);
    const custom = from && to && pickedRange(from, to);
    const range = (period === 'custom' && custom) || rangeOf(period === 'custom' ? '30d' : period, now);
    return {
      ...(site && { siteId: site }),
      from: range.from.toISOString(),
      to: range.to.toISOString(),
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      bots: bots as ReportScope['bots'],
      filter: f,
      ...(segment && { segmentId: segment }),
    };
  }, [minute, period, from, to, site, bots, segment, f]);

  const addFilter = (condition: FilterCondition) => {
    const others = f.filter(({ field }) => field !== condition.field);
    return setState({ f: [...others, condition] });
  };
  const removeFilter = (at: number) => setState({ f: f.filter((_, place) => place !== at) });
  return { scope, state, setState, addFilter, removeFilter };
}
