import { setTimeout as pause } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Default 10 s: far more than is needed, since nobody waits for it when all is well. */
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

const TIMEOUT_MS = 10_000;
const INTERVAL_MS = 25;

/**
 * Polls until `check` neither throws nor gives false, null or undefined, and returns what it gave. When the time is over it
 * throws what `check` threw last, so that assertions inside it explain themselves.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = TIMEOUT_MS, intervalMs = INTERVAL_MS }: EventuallyOptions = {},
): Promise<Exclude<T, false | null | undefined>> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const value = await check();
      if (value !== false && value !== null && value !== undefined) {
        return value as Exclude<T, false | null | undefined>;
      }
      failure = new Error(`The condition still gives ${String(value)} after ${timeoutMs} ms: ${check}`);
    } catch (error) {
      failure = error;
    }
    if (performance.now() >= end) throw failure;
    await pause(intervalMs);
  }
}
