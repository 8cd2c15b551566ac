import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const tenantOfSite = z.object({ tenantId: z.string() });

/** The tenant a site belongs to, null when there is no such site. */
export async function findTenantOfSite(db: SqlExecutor, siteId: string): Promise<string | null> {
  const [row] = await db.$queryRaw<unknown[]>`SELECT tenant_id AS "tenantId" FROM sites WHERE id = ${siteId}::uuid`;
  return row === undefined ? null : tenantOfSite.parse(row).tenantId;
}
