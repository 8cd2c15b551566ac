import { z } from 'zod';

/** `viewer` sees the reports of a site, `editor` also saves segments. Admins may do both on every site. */
export const siteRole = z.enum(['viewer', 'editor']);
export type SiteRole = z.infer<typeof siteRole>;

const USER_ID_LENGTH = 200;

/** A user as the host's session names it; the host has the users. */
export const userId = z
  .string()
  .min(1)
  .max(USER_ID_LENGTH)
  .regex(/^[^\0]*$/, 'has a character that no id has');

/** The site whose members are meant. */
export const membersOfSite = z.strictObject({ siteId: z.guid() });

/** One member of a site. */
export const memberKey = membersOfSite.extend({ userId });
export const memberInput = memberKey.extend({ role: siteRole });
export type MemberInput = z.infer<typeof memberInput>;

export const siteMember = z.object({ userId: z.string(), role: siteRole, addedAt: z.iso.datetime() });
export type SiteMember = z.infer<typeof siteMember>;

/** By user id. */
export const siteMembers = z.object({ siteId: z.string(), members: z.array(siteMember) });

/** A site that the caller may see, and as what. Admins of everything are `admin` everywhere. */
export const visibleSite = z.object({
  siteId: z.string(),
  name: z.string(),
  tenantId: z.string(),
  tenantName: z.string(),
  role: z.enum([...siteRole.options, 'admin']),
});
export type VisibleSite = z.infer<typeof visibleSite>;

/** By name. */
export const visibleSites = z.object({ sites: z.array(visibleSite) });
