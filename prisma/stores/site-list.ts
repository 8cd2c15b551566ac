import { type Site, site } from '@tallymark/contract/site-keys';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const siteRow = site.extend({ createdAt: z.date().transform((at) => at.toISOString()) });

/** All sites, or the one, by name. */
export async function listSites(db: SqlExecutor, siteId: string | null = null): Promise<Site[]> {
  const rows = await db.$queryRaw`
    SELECT s.id AS "siteId", s.name, t.id AS "tenantId", t.name AS "tenantName", s.hosts, s.created_at AS "createdAt",
      (SELECT count(*)::int FROM site_keys k WHERE k.site_id = s.id AND k.revoked_at IS NULL) AS keys
    FROM sites s JOIN tenants t ON t.id = s.tenant_id
    WHERE ${siteId}::uuid IS NULL OR s.id = ${siteId}::uuid
    ORDER BY s.name, s.id`;
  return z.array(siteRow).parse(rows);
}

interface NewSite {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly at: Date;
}

/** Answers whether there is such a tenant. */
export async function insertSite(db: SqlExecutor, { id, tenantId, name, at }: NewSite): Promise<boolean> {
  const added = await db.$executeRaw`
    INSERT INTO sites (id, tenant_id, name, created_at)
    SELECT ${id}::uuid, t.id, ${name}, ${at.toISOString()}::timestamptz FROM tenants t WHERE t.id = ${tenantId}::uuid`;
  return added === 1;
}

/** What is left out stays. Answers whether there is such a site. */
export async function changeSite(
  db: SqlExecutor,
  siteId: string,
  { name, hosts }: { readonly name?: string; readonly hosts?: readonly string[] },
): Promise<boolean> {
  const changed = await db.$executeRaw`
    UPDATE sites SET name = coalesce(${name ?? null}, name), hosts = coalesce(${hosts ? [...hosts] : null}::text[], hosts)
    WHERE id = ${siteId}::uuid`;
  return changed === 1;
}
