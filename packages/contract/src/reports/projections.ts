import { z } from 'zod';

const count = z.number().min(0);

/** A projection, as admins see it. */
export const projectionStatus = z.object({
  /** `facts` is what all others are folded from. */
  name: z.string(),
  state: z.enum(['running', 'retrying', 'failed', 'rebuilding']),
  version: z.int(),
  /** Number of the last fold of facts that it holds. */
  change: count,
  /** Folds of facts that it does not hold yet. */
  behind: count,
  /** Changes folded so far. */
  folded: count,
  foldedAt: z.iso.datetime().nullable(),
  attempts: z.int(),
  lastError: z.string().nullable(),
  /** Since when it stands still. */
  failedAt: z.iso.datetime().nullable(),
});
export type ProjectionStatus = z.infer<typeof projectionStatus>;

export const projectionRebuild = z.object({
  id: z.string(),
  projection: z.string(),
  /** `facts`: comparing facts with events; `fold`: folding into tables aside; `compare`: about to be swapped in. */
  phase: z.enum(['facts', 'fold', 'compare', 'done', 'failed', 'cancelled']),
  /** Of the phase: events, or folds of facts. */
  processed: count,
  /** About as many in all; null where it is not known. */
  total: count.nullable(),
  /** Facts that were not what their events say; they are now. */
  factsDiffer: count,
  /** Rows of the read model that were not what facts say, counted on both sides. */
  rowsDiffer: count,
  /** Some of them. */
  differences: z.array(z.unknown()),
  /** Older figures are kept as they were, because retention has removed the events behind them. */
  floor: z.iso.datetime().nullable(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  error: z.string().nullable(),
});
export type ProjectionRebuild = z.infer<typeof projectionRebuild>;
