'use client';
import type { BreakdownInput } from '@tallymark/contract/reports/breakdown';
import { useMinute } from '../state/use-minute.ts';
import { useScope } from '../state/use-scope.ts';
import { useQuestion } from './use-question.ts';

const DAY_MS = 86_400_000;
const DAYS = 30;
const MOST = 100;

/**
 * The most frequent values of a dimension in the last 30 whole days and today, to pick from. Not those of the period on the
 * page: somebody who changes it should not lose what they were about to choose. Nothing for `null`.
 */
export function useSuggestions(by: BreakdownInput['by'] | null): string[] {
  const { scope } = useScope();
  const today = Math.floor(useMinute() / DAY_MS) * DAY_MS;
  const input: BreakdownInput = {
    ...(scope.siteId && { siteId: scope.siteId }),
    from: new Date(today - DAYS * DAY_MS).toISOString(),
    to: new Date(today + DAY_MS).toISOString(),
    timeZone: 'UTC',
    bots: 'include',
    filter: [],
    by: by ?? 'event_type',
    metric: 'events',
    limit: MOST,
  };
  const { data } = useQuestion(
    ['stats.breakdown', input],
    (client, signal) => client.stats.breakdown.query(input, { signal }),
    { enabled: by !== null },
  );
  return by === null ? [] : (data?.rows ?? []).flatMap(({ name }) => (name ? [name] : []));
}
