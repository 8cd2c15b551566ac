import type { Kept } from './kept.ts';

/** How long a measured difference is not asked for again. */
const FRESH_MS = 60 * 60_000;
/** How long it is better than none. */
const KNOWN_MS = 24 * FRESH_MS;
/** Differences below it are the network's, not the clock's. */
const NOTICEABLE_MS = 2_000;

export interface Clock {
  /** The server's time less this device's, in ms; null while nobody knows. */
  skew(): number | null;
  /** Asks the server unless the answer is known. @throws when it does not answer. */
  ask(): Promise<number>;
}

/** `now` asks the server for its time in ms. */
export function serverClock(kept: Kept, now: () => Promise<number>): Clock {
  let asking: Promise<number> | undefined;
  const known = (forMs: number) => {
    const [skew, at] = (kept.get('skew') ?? '').split(' ').map(Number);
    const age = Date.now() - (at ?? Number.NaN);
    return Number.isFinite(skew) && age >= 0 && age < forMs ? (skew as number) : null;
  };
  const measure = async () => {
    const before = Date.now();
    const server = await now();
    const after = Date.now();
    // The answer was made somewhere between the two; halfway is wrong by half of the round trip at the most.
    const difference = Math.round(server - (before + after) / 2);
    if (!Number.isFinite(difference)) throw new Error('The answer of the server holds no time.');
    const skew = Math.abs(difference) < NOTICEABLE_MS ? 0 : difference;
    kept.set('skew', `${skew} ${after}`);
    return skew;
  };
  return {
    skew: () => known(KNOWN_MS),
    ask: async () => {
      const skew = known(FRESH_MS);
      if (skew !== null) return skew;
      asking ??= measure().finally(() => {
        asking = undefined;
      });
      return asking;
    },
  };
}
