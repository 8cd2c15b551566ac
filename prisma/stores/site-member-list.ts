import { type SiteMember, siteMember, type VisibleSite, visibleSite } from '@tallymark/contract/reports/members';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const memberRow = siteMember.extend({ addedAt: z.date().transform((time) => time.toISOString()) });

/** The members of a site, by user id. */
export async function listSiteMembers(db: SqlExecutor, siteId: string): Promise<SiteMember[]> {
  const rows = await db.$queryRaw`
    SELECT user_id AS "userId", role, added_at AS "addedAt" FROM site_members
    WHERE site_id = ${siteId}::uuid ORDER BY user_id`;
  return z.array(memberRow).parse(rows);
}

/** The sites that a user is a member of, by name. */
export async function listSitesOfMember(db: SqlExecutor, userId: string): Promise<VisibleSite[]> {
  const rows = await db.$queryRaw`
    SELECT s.id AS "siteId", s.name, t.id AS "tenantId", t.name AS "tenantName", m.role
    FROM site_members m JOIN sites s ON s.id = m.site_id JOIN tenants t ON t.id = s.tenant_id
    WHERE m.user_id = ${userId} ORDER BY s.name, s.id`;
  return z.array(visibleSite).parse(rows);
}

/** All sites as an admin of everything sees them, by name. */
export async function listSitesOfAdmin(db: SqlExecutor): Promise<VisibleSite[]> {
  const rows = await db.$queryRaw`
    SELECT s.id AS "siteId", s.name, t.id AS "tenantId", t.name AS "tenantName", 'admin' AS role
    FROM sites s JOIN tenants t ON t.id = s.tenant_id ORDER BY s.name, s.id`;
  return z.array(visibleSite).parse(rows);
}
