import { z } from 'zod';

/**
 * A number that may be an estimate. The true one lies within one standard error two times in three, within two of them 19
 * times in 20.
 */
export const figure = z.object({
  value: z.number(),
  /** Null for an exact count. */
  error: z
    .object({
      /** In the unit of the value; of an estimate from very many visitors itself right within a few per cent. */
      standard: z.number().min(0),
      /** `sampling`: not every visitor's events were kept. `sketch`: distinct visitors of a long period, by HyperLogLog. */
      reason: z.enum(['sampling', 'sketch']),
    })
    .nullable(),
});
export type Figure = z.infer<typeof figure>;

export const exact = (value: number): Figure => ({ value, error: null });
