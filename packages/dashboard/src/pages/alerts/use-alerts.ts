'use client';
import { useQuestion } from '../../data/use-question.ts';
import { useSite } from '../../data/use-site.ts';

/** The job looks once a minute. */
const EVERY_MS = 30_000;

/** The rules of the site that the page is about and, for admins, those about the pipeline. */
export function useAlerts() {
  const siteId = useSite()?.siteId;
  return useQuestion(
    ['alerts.list', siteId],
    (client, signal) => client.alerts.list.query({ ...(siteId && { siteId }) }, { signal }),
    { everyMs: EVERY_MS, enabled: siteId !== undefined },
  );
}

/** Whether who looks may save rules of the site: its editors and admins may. */
export function useMayChange(): boolean {
  const site = useSite();
  return site !== null && site.role !== 'viewer';
}

/** Questions whose answers a changed rule changes. */
export const CHANGED = ['alerts.list', 'alerts.history', 'audit.list'];
