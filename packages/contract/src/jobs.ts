import { z } from 'zod';

/** A job as both its producer and its worker know it. Handlers live in `jobs/handlers`. */
export interface JobDefinition<Payload extends z.ZodType> {
  readonly name: string;
  readonly payload: Payload;
  readonly attempts: number;
  readonly backoff: { readonly type: 'exponential'; readonly delayMs: number };
  /** Completed and failed jobs kept for inspection. */
  readonly keep: { readonly completed: number; readonly failed: number };
}

/** Enriches stored events: one id, or the ids of a flushed batch. */
export const enrichEventJob = {
  name: 'enrichEvent',
  payload: z.object({ eventId: z.uuid().optional(), eventIds: z.array(z.uuid()).optional() }),
  attempts: 5,
  backoff: { type: 'exponential', delayMs: 1_000 },
  keep: { completed: 1_000, failed: 10_000 },
} as const satisfies JobDefinition<z.ZodType>;
