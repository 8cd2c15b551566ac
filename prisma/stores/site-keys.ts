import { type SiteKey, siteKey } from '@tallymark/contract/site-keys';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const time = z.date().transform((at) => at.toISOString());
const keyRow = siteKey.extend({ createdAt: time, lastSeenAt: time.nullable(), revokedAt: time.nullable() });

const COLUMNS = `key, site_id AS "siteId", name, origins, created_at AS "createdAt", last_seen_at AS "lastSeenAt",
  revoked_at AS "revokedAt"`;

/** The keys of a site: the newest first, revoked ones last. */
export async function listSiteKeys(db: SqlExecutor, siteId: string): Promise<SiteKey[]> {
  const rows = await db.$queryRawUnsafe(
    `SELECT ${COLUMNS} FROM site_keys WHERE site_id = $1::uuid
     ORDER BY revoked_at DESC NULLS FIRST, created_at DESC, key`,
    siteId,
  );
  return z.array(keyRow).parse(rows);
}

export type NewSiteKey = Pick<SiteKey, 'key' | 'siteId' | 'name'> & {
  readonly origins: readonly string[];
  readonly at: Date;
};

/** Null where the site has as many keys as it may. A key that is there already stays as it is. */
export async function insertSiteKey(db: SqlExecutor, added: NewSiteKey, most: number): Promise<SiteKey | null> {
  const { key, siteId, name, origins, at } = added;
  const rows = await db.$queryRawUnsafe(
    `INSERT INTO site_keys (key, site_id, name, origins, created_at)
     SELECT $1, $2::uuid, $3, $4::text[], $5::timestamptz
     WHERE (SELECT count(*) FROM site_keys WHERE site_id = $2::uuid AND revoked_at IS NULL) < $6::int
     ON CONFLICT (key) DO UPDATE SET key = excluded.key
     RETURNING ${COLUMNS}`,
    key,
    siteId,
    name,
    [...origins],
    at.toISOString(),
    most,
  );
  return onlyOne(rows);
}

/** Null where there is no such key, or it is revoked. */
export async function changeSiteKey(
  db: SqlExecutor,
  key: string,
  { name, origins }: { readonly name?: string; readonly origins?: readonly string[] },
): Promise<SiteKey | null> {
  const rows = await db.$queryRawUnsafe(
    `UPDATE site_keys SET name = coalesce($2, name), origins = coalesce($3::text[], origins)
     WHERE key = $1 AND revoked_at IS NULL RETURNING ${COLUMNS}`,
    key,
    name ?? null,
    origins ? [...origins] : null,
  );
  return onlyOne(rows);
}

/** For good. Null where there is no such key, or it was revoked before. */
export async function revokeSiteKey(db: SqlExecutor, key: string, at: Date): Promise<SiteKey | null> {
  const rows = await db.$queryRawUnsafe(
    `UPDATE site_keys SET revoked_at = $2::timestamptz WHERE key = $1 AND revoked_at IS NULL RETURNING ${COLUMNS}`,
    key,
    at.toISOString(),
  );
  return onlyOne(rows);
}

const onlyOne = (rows: unknown) => z.array(keyRow).parse(rows)[0] ?? null;
