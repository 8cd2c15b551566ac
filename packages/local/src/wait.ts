import { setTimeout as pause } from 'node:timers/promises';

const INTERVAL_MS = 25;

/** Polls until `check` gives a value that is not undefined; undefined when the time is over. */
export async function waitFor<T>(
  check: () => T | undefined | Promise<T | undefined>,
  timeoutMs: number,
): Promise<T | undefined> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const value = await check();
    if (value !== undefined || performance.now() >= end) return value;
    await pause(INTERVAL_MS);
  }
}
