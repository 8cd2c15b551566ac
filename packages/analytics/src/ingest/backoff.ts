const BASE_MS = 100;
const LONGEST_MS = 5_000;

/** Full jitter: anything from 0 up to 100 ms doubled with each attempt, at most 5 s. `attempt` counts from 1. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  return Math.ceil(random() * Math.min(LONGEST_MS, BASE_MS * 2 ** Math.min(attempt - 1, 10)));
}
