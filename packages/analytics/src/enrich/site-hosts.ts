import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { findHostsOfSites } from '@tallymark/prisma/stores/sites';

const FRESH_MS = 60_000;
const MOST_SITES = 10_000;
const NONE: ReadonlySet<string> = new Set();

/** The hosts of each site, from Postgres, kept for a minute. */
export class SiteHosts {
  private readonly known = new Map<string, { hosts: ReadonlySet<string>; freshUntil: number }>();

  constructor(private readonly store: SqlExecutor) {}

  /** Answers what tells the hosts of each of the sites; of a site that is gone, none. */
  async of(siteIds: readonly string[]): Promise<(siteId: string) => ReadonlySet<string>> {
    const now = performance.now();
    const stale = [...new Set(siteIds)].filter((id) => (this.known.get(id)?.freshUntil ?? 0) <= now);
    if (stale.length > 0) {
      if (this.known.size > MOST_SITES) this.known.clear();
      const found = await findHostsOfSites(this.store, stale);
      for (const id of stale) {
        this.known.set(id, { hosts: new Set(found.get(id)), freshUntil: now + FRESH_MS });
      }
    }
    return (siteId) => this.known.get(siteId)?.hosts ?? NONE;
  }
}
