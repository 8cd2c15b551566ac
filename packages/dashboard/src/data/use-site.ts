'use client';
import type { VisibleSite } from '@tallymark/contract/reports/members';
import { useScope } from '../state/use-scope.ts';
import { useQuestion } from './use-question.ts';

/** The site that the page is about, as its reader sees it; null until it is known. */
export function useSite(): VisibleSite | null {
  const { state } = useScope();
  const { data } = useQuestion(['members.mine'], (client, signal) => client.members.mine.query(undefined, { signal }));
  if (!data) return null;
  return data.sites.find(({ siteId }) => siteId === state.site) ?? data.sites[0] ?? null;
}
