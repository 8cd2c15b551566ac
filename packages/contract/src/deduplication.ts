import { z } from 'zod';

/** One search of the database for repeats. */
export const deduplicationRun = z.object({
  runId: z.uuid(),
  from: z.date(),
  to: z.date(),
  /** How far it has come; null before its first window. */
  doneTo: z.date().nullable(),
  scanned: z.number(),
  marked: z.number(),
  unmarked: z.number(),
  startedAt: z.date(),
  /** Null while it runs, and for ever where it was killed. */
  finishedAt: z.date().nullable(),
  /** Why it failed; null when it did not. */
  error: z.string().nullable(),
});
export type DeduplicationRun = z.infer<typeof deduplicationRun>;
