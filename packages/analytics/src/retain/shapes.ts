import { z } from 'zod';

const count = z.number().min(0);

export const retentionRule = z.object({
  /** `*` is every site. */
  siteId: z.string(),
  /** `*` is every type. */
  eventType: z.string(),
  /** Null is for ever. */
  keepDays: z.int().nullable(),
  updatedAt: z.date(),
});
export type RetentionRule = z.infer<typeof retentionRule>;

/** What becomes of a month of events. */
export const monthPlan = z.object({
  /** `2025_01` */
  month: z.string(),
  /** `drop`: the partitions go as a whole. `delete`: rows go one by one. `keep`: nothing goes, though it is old. */
  action: z.enum(['drop', 'delete', 'keep']),
  /** Events that go, counted. */
  rows: count,
  /** Of the month's partitions, with indexes. A drop gives them back to the disk; a delete makes room for new rows. */
  bytes: count,
  /** Whether the month is written to files before it goes. Deleted rows are not. */
  archive: z.boolean(),
  /** Events that stay: counted, where anything of the month may go. */
  stays: z.object({ exempt: count, kept: count }),
  /** A restored month is left alone until then. */
  heldUntil: z.date().nullable(),
  /** By site and type. A cutoff of null is for ever. */
  groups: z.array(
    z.object({
      siteId: z.string(),
      eventType: z.string(),
      cutoff: z.date().nullable(),
      due: count,
      exempt: count,
      kept: count,
    }),
  ),
});
export type MonthPlan = z.infer<typeof monthPlan>;

/** What `cleanupNow()` would do at this moment. */
export const retentionPlan = z.object({
  at: z.date(),
  /** Where no rule speaks; null is for ever. */
  defaultCutoff: z.date().nullable(),
  /** Events that go. */
  rows: count,
  /** Given back to the disk by dropped partitions. */
  bytes: count,
  /** The oldest first. */
  months: z.array(monthPlan),
});
export type RetentionPlan = z.infer<typeof retentionPlan>;

export const monthReport = z.object({
  month: z.string(),
  /** `postponed`: something of it should have gone and is still there; `reason` says why. The next run tries again. */
  outcome: z.enum(['dropped', 'deleted', 'postponed']),
  removed: count,
  reason: z.string().nullable(),
  archive: z.object({ path: z.string(), tableBytes: count, archiveBytes: count, reused: z.boolean() }).nullable(),
});
export type MonthReport = z.infer<typeof monthReport>;

export const cleanupReport = z.object({
  /** Null for a dry run, which is not recorded. */
  runId: z.string().nullable(),
  plan: retentionPlan,
  removed: count,
  months: z.array(monthReport),
  /** Nothing was postponed. */
  complete: z.boolean(),
});
export type CleanupReport = z.infer<typeof cleanupReport>;

export const eventArchive = z.object({
  month: z.string(),
  path: z.string(),
  events: count,
  tableBytes: count,
  archiveBytes: count,
  sha256: z.string(),
  archivedAt: z.date(),
  restoredAt: z.date().nullable(),
  heldUntil: z.date().nullable(),
});

export const retentionRun = z.object({
  id: z.string(),
  /** The newest cutoff by which the run set out to remove anything. */
  removedTo: z.date(),
  removed: count,
  partitions: z.array(z.string()),
  startedAt: z.date(),
  /** Null while it runs, and for one that was killed. */
  finishedAt: z.date().nullable(),
  error: z.string().nullable(),
});
