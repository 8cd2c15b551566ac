import { z } from 'zod';
import { allowedOrigin } from './site-keys-origin.ts';

/** Keys of a site that are not revoked. */
export const MOST_KEYS = 50;
const MOST_ORIGINS = 50;
const MOST_HOSTS = 200;
const NAME_LENGTH = 100;

/** `tm_` and 22 characters of base64url. Public: it says whose events these are, and gives nobody anything to read. */
export const siteKeyText = z.string().regex(/^tm_[A-Za-z0-9_-]{22}$/, 'is no key of a site, such as tm_…');

/** What a site or a key is called. */
const name = z
  .string()
  .trim()
  .min(1)
  .max(NAME_LENGTH)
  .regex(/^[^\0]*$/, 'has a character that no name has');

const origins = z
  .array(allowedOrigin)
  .max(MOST_ORIGINS)
  .transform((list) => [...new Set(list)]);

/** A host as it stands in referrers: no scheme, no port. */
const host = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/, 'is no host such as www.shop.example, without https:// and path');

export const site = z.object({
  siteId: z.string(),
  name: z.string(),
  tenantId: z.string(),
  tenantName: z.string(),
  /** Whose referrers are internal. */
  hosts: z.array(z.string()),
  createdAt: z.iso.datetime(),
  /** Keys that are not revoked. */
  keys: z.int().min(0),
});
export type Site = z.infer<typeof site>;

/** By name. */
export const siteList = z.object({ sites: z.array(site) });

export const siteKey = z.object({
  key: siteKeyText,
  siteId: z.string(),
  name: z.string(),
  /** Origins that may send with it; any where it is empty. */
  origins: z.array(z.string()),
  createdAt: z.iso.datetime(),
  /** To the minute; null while nobody has sent with it. */
  lastSeenAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
});
export type SiteKey = z.infer<typeof siteKey>;

/** The newest first, revoked ones last. */
export const siteKeyList = z.object({ siteId: z.string(), keys: z.array(siteKey) });

const siteId = z.guid().toLowerCase();

export const siteInput = z.strictObject({ siteId });
/** Without a tenant: that of the default site. */
export const newSite = z.strictObject({ name, tenantId: z.guid().toLowerCase().optional() });
export const renamedSite = z.strictObject({ siteId, name });
export const hostsInput = z.strictObject({
  siteId,
  hosts: z
    .array(host)
    .max(MOST_HOSTS)
    .transform((list) => [...new Set(list)].sort()),
});

export const newSiteKey = z.strictObject({ siteId, name, origins: origins.default([]) });
export const siteKeyInput = z.strictObject({ key: siteKeyText });
export const renamedSiteKey = siteKeyInput.extend({ name });
export const siteKeyOrigins = siteKeyInput.extend({ origins });
