/** How often a batch is tried before it becomes a dead letter, and how long it waits in between. */
export interface RetryPolicy {
  readonly maxAttempts: number;
  /** Longest wait after the first attempt; doubles with each one, up to `longestMs`. */
  readonly baseMs: number;
  readonly longestMs: number;
}

/** About two minutes on average, four at most. */
export const HANDLER_RETRIES: RetryPolicy = { maxAttempts: 10, baseMs: 1_000, longestMs: 60_000 };
/** About twenty minutes on average, forty at most: receivers are deployed, too. */
export const WEBHOOK_RETRIES: RetryPolicy = { maxAttempts: 10, baseMs: 5_000, longestMs: 900_000 };

/** Full jitter: anything from 0 up to the wait after this attempt. `attempt` counts from 1. */
export function retryDelayMs(
  { baseMs, longestMs }: RetryPolicy,
  attempt: number,
  random: () => number = Math.random,
): number {
  return Math.ceil(random() * Math.min(longestMs, baseMs * 2 ** Math.min(attempt - 1, 30)));
}
