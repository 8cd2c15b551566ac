import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const keyAccess = z.object({
  siteId: z.string(),
  tenantId: z.string(),
  origins: z.array(z.string()),
  revoked: z.boolean(),
});
/** What a request with a key may do. */
export type KeyAccess = z.infer<typeof keyAccess>;

/** Null where there is no such key, or its site is gone. */
export async function findKeyAccess(db: SqlExecutor, key: string): Promise<KeyAccess | null> {
  const rows = await db.$queryRaw`
    SELECT k.site_id AS "siteId", s.tenant_id AS "tenantId", k.origins, k.revoked_at IS NOT NULL AS revoked
    FROM site_keys k JOIN sites s ON s.id = k.site_id WHERE k.key = ${key}`;
  return z.array(keyAccess).parse(rows)[0] ?? null;
}

/** Notes that somebody sent with the key, once a minute however many processes say so. */
export async function noteKeySeen(db: SqlExecutor, key: string, at: Date): Promise<void> {
  const time = at.toISOString();
  await db.$executeRaw`
    UPDATE site_keys SET last_seen_at = ${time}::timestamptz
    WHERE key = ${key} AND (last_seen_at IS NULL OR last_seen_at <= ${time}::timestamptz - interval '1 minute')`;
}
