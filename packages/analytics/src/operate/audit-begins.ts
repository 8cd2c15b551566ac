const KEPT_MS = 365 * 86_400_000;

/** The oldest time that the audit log tells of: a year ago. */
export const auditBegins = (now: Date): Date => new Date(now.getTime() - KEPT_MS);
