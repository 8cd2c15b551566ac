import { z } from 'zod';

/** What an admin did. */
export const auditEntry = z.object({
  /** Later entries have larger ones. */
  id: z.string(),
  at: z.iso.datetime(),
  /** The admin, as the host's session names them. */
  userId: z.string(),
  /** Such as `sites.createKey`. */
  procedure: z.string(),
  /** What it was done to, as `field: value`; null for what has no such thing. */
  target: z.string().nullable(),
  /** The input without secrets, cut to a few kilobytes. */
  change: z.json(),
  /** HMAC of the address the request came from, salted by the day. */
  addressHash: z.string().nullable(),
  /** Names the request in the log. */
  correlationId: z.string().nullable(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

/** Where a page ended: the id of its last entry. */
export const auditCursor = z.string().regex(/^\d{1,18}$/, 'is not a cursor of this list');

export const MOST_ENTRIES_A_PAGE = 200;

const text = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\0]*$/, 'has a character that nothing is named with');

/** Newest first. */
export const auditQuery = z.strictObject({
  cursor: auditCursor.nullish(),
  limit: z.int().min(1).max(MOST_ENTRIES_A_PAGE).default(50),
  userId: text.optional(),
  /** A procedure, or a router for all of its procedures: `sites`. */
  procedure: text.optional(),
});
export type AuditQuery = z.input<typeof auditQuery>;

export const auditPage = z.object({ entries: z.array(auditEntry), nextCursor: auditCursor.nullable() });
export type AuditPage = z.infer<typeof auditPage>;
