const KEPT_MS = 365 * 86_400_000;

/** The oldest time that the history of rules tells of: a year ago. */
export const historyBegins = (now: Date): Date => new Date(now.getTime() - KEPT_MS);
