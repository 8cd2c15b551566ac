import { z } from 'zod';

const count = z.number().min(0);

export const storingTimesInput = z.strictObject({
  /** Default: the site of the request. */
  siteId: z.guid().optional(),
});

/** From the receipt of an event to its row, in milliseconds, of the latest events of the last day. */
export const storingTimes = z.object({
  events: count,
  p50: count.nullable(),
  p95: count.nullable(),
  max: count.nullable(),
});
export type StoringTimes = z.infer<typeof storingTimes>;
