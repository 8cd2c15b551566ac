import { sqlStateOf } from '@tallymark/prisma/sql-state';
import type { FoldOutcome } from './fold-facts.ts';

const STATEMENT_TIMEOUT = '57014';

/** So many steps have to go well before larger ones are tried again: each try may cost the whole timeout. */
const GOOD_STEPS = 20;

/**
 * Steps of up to `most` changes. One that took too long is tried again at half the size, which grows again later: a plan
 * that Postgres chose badly, or a visitor with a hundred thousand events, slows a projection but does not stop it.
 */
export function steps(most: number, step: (size: number) => Promise<FoldOutcome>): () => Promise<FoldOutcome> {
  let size = most;
  let good = 0;
  return async () => {
    try {
      const outcome = await step(size);
      good += 1;
      if (good % GOOD_STEPS === 0) size = Math.min(most, size * 2);
      return outcome;
    } catch (error) {
      good = 0;
      if (sqlStateOf(error)?.state === STATEMENT_TIMEOUT) size = Math.max(1, Math.floor(size / 2));
      throw error;
    }
  };
}
