import { randomInt } from 'node:crypto';

/** Numbers that look random and are the same for the same seed. */
export interface Chance {
  /** A whole number from `min` up to and including `max`. */
  between(min: number, max: number): number;
  pick<T>(list: readonly T[]): T | undefined;
}

/** How often each scenario kills. More rounds make a longer run of the same tests. */
export const ROUNDS = Math.max(1, Number(process.env.FAULT_ROUNDS ?? 3));

/** The seed is printed with the scenario's name, so that `FAULT_SEED` can repeat a run that failed. */
export function chanceFor(scenario: string): Chance {
  const seed = Number(process.env.FAULT_SEED ?? randomInt(1_000_000_000));
  console.info(`${scenario}: FAULT_SEED=${seed} FAULT_ROUNDS=${ROUNDS}`);
  return seeded(seed);
}

/** Mulberry32: small, and good enough to choose moments. */
function seeded(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  return {
    between: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (list) => list[Math.floor(next() * list.length)],
  };
}
