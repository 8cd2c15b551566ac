import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const tenantOfSite = z.object({ tenantId: z.string() });

/** The tenant a site belongs to, null when there is no such site. */
export async function findTenantOfSite(db: SqlExecutor, siteId: string): Promise<string | null> {
  const [row] = await db.$queryRaw<unknown[]>`SELECT tenant_id AS "tenantId" FROM sites WHERE id = ${siteId}::uuid`;
  return row === undefined ? null : tenantOfSite.parse(row).tenantId;
}

const hostsOfSite = z.object({ id: z.string(), hosts: z.array(z.string()) });

/** Hosts whose referrers are internal, in lower case, by site; sites that do not exist are left out. */
export async function findHostsOfSites(
  db: SqlExecutor,
  siteIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db.$queryRaw`
    SELECT id, ARRAY(SELECT lower(host) FROM unnest(hosts) AS host) AS hosts FROM sites
    WHERE id = ANY (${[...siteIds]}::uuid[])`;
  return new Map(
    z
      .array(hostsOfSite)
      .parse(rows)
      .map(({ id, hosts }) => [id, hosts]),
  );
}

/** Adds to the hosts of a site, those it has already left out. */
export async function addHostsOfSite(db: SqlExecutor, siteId: string, hosts: readonly string[]): Promise<void> {
  await db.$executeRaw`
    UPDATE sites SET hosts = ARRAY(SELECT DISTINCT host FROM unnest(hosts || ${[...hosts]}::text[]) AS host ORDER BY host)
    WHERE id = ${siteId}::uuid`;
}

/** Ids of the sites of a tenant. */
export async function findSitesOfTenant(db: SqlExecutor, tenantId: string): Promise<string[]> {
  const rows = await db.$queryRaw`SELECT id FROM sites WHERE tenant_id = ${tenantId}::uuid ORDER BY id`;
  return z
    .array(z.object({ id: z.string() }))
    .parse(rows)
    .map(({ id }) => id);
}
