'use client';
import type { VisibleSite } from '@tallymark/contract/reports/members';
import { useSiteId } from '../state/site-context.ts';
import { useQuestion } from './use-question.ts';

/** The sites that somebody may see; the one that is meant where nobody names one first. */
export const useSites = () =>
  useQuestion(['members.mine'], (client, signal) => client.members.mine.query(undefined, { signal }), {
    drawn: true,
  });

/** The site that the page is about, as its reader sees it; null until it is known. */
export function useSite(): VisibleSite | null {
  const { data } = useSites();
  const open = useSiteId();
  return data?.sites.find(({ siteId }) => siteId === open) ?? null;
}
