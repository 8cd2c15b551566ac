import type { VisibleSite } from '@tallymark/contract/reports/members';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { listSitesOfAdmin, listSitesOfMember } from '@tallymark/prisma/stores/site-member-list';

export interface SiteViewer {
  readonly userId: string;
  readonly role: string;
}

/** The sites that somebody may see, by name; the one that is asked about where nobody names one comes first. */
export async function visibleSitesOf(
  store: SqlExecutor,
  { userId, role }: SiteViewer,
  defaultSiteId: string,
): Promise<VisibleSite[]> {
  const sites = await (role === 'admin' ? listSitesOfAdmin(store) : listSitesOfMember(store, userId));
  const isDefault = ({ siteId }: VisibleSite) => siteId === defaultSiteId.toLowerCase();
  return [...sites.filter(isDefault), ...sites.filter((site) => !isDefault(site))];
}
