import type { ByTenantAnswer } from '@tallymark/contract/reports/by-tenant';
import { countSessions } from './count-sessions.ts';
import type { ReportDeps } from './report-deps.ts';
import { resolveScope } from './resolve-scope.ts';
import { standardError, standardErrors } from './sampling-error.ts';
import { countVisitorsOfSites } from './tenant-visitors.ts';
import { typeTotals } from './type-totals.ts';

/**
 * What happened on all sites of a tenant. A site's events are sampled independently of another's as far as errors go: those
 * of several sites add up as those of independent figures do.
 */
export async function askByTenant(
  deps: ReportDeps,
  siteIds: readonly string[],
  { from, to }: { readonly from: string; readonly to: string },
): Promise<ByTenantAnswer> {
  const all = await resolveScope(deps, '', { from, to, timeZone: 'UTC', bots: 'include', filter: [] });
  return deps.reports.answer('stats.byTenant', async (db) => {
    const events = new Map<string, number>();
    const variances = new Map<string, number>();
    let [totalVariance, uniqueSessions] = [0, 0];
    for (const siteId of siteIds) {
      const scope = { ...all, siteId };
      for (const total of await typeTotals(db, scope)) add(events, total.eventType, total.events);
      for (const [type, standard] of await standardErrors(db, scope)) add(variances, type, standard ** 2);
      // Not `** 2`: Next's minifier puts the awaited call in its place without brackets, and what is left is no JavaScript.
      const standard = await standardError(db, scope, null);
      totalVariance += standard * standard;
      uniqueSessions += (await countSessions(db, scope)).value;
    }
    const visitors = await countVisitorsOfSites(db, all, siteIds);
    const errors = [...variances].flatMap(([type, variance]) => (variance > 0 ? [[type, Math.sqrt(variance)]] : []));
    return {
      totalEvents: [...events.values()].reduce((sum, one) => sum + one, 0),
      eventsByType: Object.fromEntries(events),
      uniqueVisitors: visitors.value,
      uniqueSessions,
      dateRange: { from: all.from.toISOString(), to: all.to.toISOString() },
      incompleteBefore: null,
      errors: {
        totalEvents: Math.sqrt(totalVariance),
        eventsByType: Object.fromEntries(errors),
        uniqueVisitors: visitors.error?.standard ?? 0,
      },
    };
  });
}

function add(sums: Map<string, number>, key: string, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + amount);
}
