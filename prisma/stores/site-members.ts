import { type MemberInput, type SiteRole, siteRole } from '@tallymark/contract/reports/members';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

/** What a user may do on each of the sites; those where it is nothing are left out. */
export async function findSiteRoles(
  db: SqlExecutor,
  userId: string,
  siteIds: readonly string[],
): Promise<ReadonlyMap<string, SiteRole>> {
  const rows = await db.$queryRaw`
    SELECT site_id AS "siteId", role FROM site_members
    WHERE user_id = ${userId} AND site_id = ANY (${[...siteIds]}::uuid[])`;
  const members = z.array(z.object({ siteId: z.string(), role: siteRole })).parse(rows);
  return new Map(members.map(({ siteId, role }) => [siteId, role]));
}

/** Answers whether the user was not a member before; one that was keeps its role. */
export async function addSiteMember(db: SqlExecutor, member: MemberInput, addedAt: Date): Promise<boolean> {
  const added = await db.$executeRaw`
    INSERT INTO site_members (site_id, user_id, role, added_at)
    VALUES (${member.siteId}::uuid, ${member.userId}, ${member.role}, ${addedAt})
    ON CONFLICT (site_id, user_id) DO NOTHING`;
  return added === 1;
}

/** Answers whether there is such a member. */
export async function changeSiteMember(db: SqlExecutor, { siteId, userId, role }: MemberInput): Promise<boolean> {
  const changed = await db.$executeRaw`
    UPDATE site_members SET role = ${role} WHERE site_id = ${siteId}::uuid AND user_id = ${userId}`;
  return changed === 1;
}

/** Answers whether there was such a member. */
export async function removeSiteMember(
  db: SqlExecutor,
  { siteId, userId }: Pick<MemberInput, 'siteId' | 'userId'>,
): Promise<boolean> {
  const removed = await db.$executeRaw`
    DELETE FROM site_members WHERE site_id = ${siteId}::uuid AND user_id = ${userId}`;
  return removed === 1;
}
