import { sqlStateOf } from '@tallymark/prisma/sql-state';
import type { Logger } from 'pino';
import type { FoldOutcome } from './fold-facts.ts';

/** A statement, or a whole transaction, that took longer than it may. */
const TIMEOUTS = new Set(['57014', '25P04']);

/** Whether less at once may help. */
export const tookTooLong = (error: unknown): boolean => TIMEOUTS.has(sqlStateOf(error)?.state ?? '');

export interface StepsOptions {
  readonly name: string;
  /** Changes in one step, at the most. */
  readonly most: number;
  readonly log: Logger;
}

/** So many steps have to go well before larger ones are tried again: each try may cost the whole timeout. */
const GOOD_STEPS = 20;

/**
 * Steps of up to `most` changes. One that took too long is tried again at half the size, which grows again later: a plan
 * that Postgres chose badly, or a visitor with a hundred thousand events, slows a projection but does not stop it.
 */
export function steps(
  { name, most, log }: StepsOptions,
  step: (size: number) => Promise<FoldOutcome>,
): () => Promise<FoldOutcome> {
  let size = most;
  let good = 0;
  return async () => {
    try {
      const outcome = await step(size);
      good += 1;
      if (good % GOOD_STEPS === 0) size = Math.min(most, size * 2);
      return outcome;
    } catch (error) {
      if (size === 1 || !tookTooLong(error)) throw error;
      good = 0;
      size = Math.floor(size / 2);
      log.warn({ err: error, projection: name, changes: size }, 'a step took too long; a smaller one is tried');
      return 'folded';
    }
  };
}
