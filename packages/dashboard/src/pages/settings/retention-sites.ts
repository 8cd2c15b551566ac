'use client';
import { useQuestion } from '../../data/use-question.ts';

/** Stands for every site, or every event type, of a rule. */
export const EVERY = '*';

/** The sites that a rule may be for. */
export function useSiteNames() {
  const { data } = useQuestion(['sites.list'], (client, signal) => client.sites.list.query(undefined, { signal }));
  const sites = (data?.sites ?? []).map(({ siteId, name }) => ({ value: siteId, label: name }));
  return [{ value: EVERY, label: 'Every site' }, ...sites];
}
