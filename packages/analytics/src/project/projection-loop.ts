import { setTimeout as pause } from 'node:timers/promises';
import { failProjection, noteObstacle, readProjection } from '@tallymark/prisma/stores/projections';
import { backoffMs } from '../ingest/backoff.ts';
import type { FactDeps } from './fact-deps.ts';
import type { FoldOutcome } from './fold-facts.ts';
import { isObstacle } from './obstacle.ts';

export interface LoopOptions {
  readonly deps: Pick<FactDeps, 'prisma' | 'log' | 'now'>;
  readonly name: string;
  /** One step; `idle` when there is none to take. */
  readonly fold: () => Promise<FoldOutcome>;
  /** A step of its rebuild. Also taken while folds fail: it may be what mends them. */
  readonly rebuild?: () => Promise<FoldOutcome>;
  readonly pollMs: number;
  readonly signal: AbortSignal;
}

const MOST_ATTEMPTS = 5;
const LONGEST_ERROR = 2_000;

/**
 * Folds one projection until it is stopped. What passes is waited for. Any other error counts: after five in a row
 * the projection stands still, alone, with the reason beside it, until somebody resumes or rebuilds it.
 */
export async function runProjection({ deps, name, fold, rebuild, pollMs, signal }: LoopOptions): Promise<void> {
  let attempt = 0;
  while (!signal.aborted) {
    let waitMs = pollMs;
    try {
      let folded: FoldOutcome = 'idle';
      let rebuilt: FoldOutcome | undefined;
      // A step of each in turn: under load there is always more to fold, and a rebuild must come to its end.
      try {
        if (await isDue(deps, name)) folded = await fold();
      } finally {
        rebuilt = await rebuild?.();
      }
      attempt = 0;
      if (folded === 'folded' || rebuilt === 'folded') continue;
    } catch (error) {
      attempt += 1;
      waitMs = Math.max(pollMs, backoffMs(attempt));
      await noteFailure(deps, name, error, waitMs);
    }
    await pause(waitMs, undefined, { signal }).catch(() => {});
  }
}

async function isDue({ prisma, now }: LoopOptions['deps'], name: string): Promise<boolean> {
  const state = await readProjection(prisma, name);
  if (state === null || state.failedAt !== null) return false;
  return state.nextAttemptAt === null || state.nextAttemptAt <= now();
}

async function noteFailure(deps: LoopOptions['deps'], name: string, error: unknown, waitMs: number): Promise<void> {
  const { prisma, log, now } = deps;
  const message = (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_ERROR);
  try {
    if (isObstacle(error)) {
      log.warn({ err: error, projection: name, retryInMs: waitMs }, 'projection waits for what stands in its way');
      return await noteObstacle(prisma, name, message);
    }
    const state = await readProjection(prisma, name);
    const last = (state?.attempts ?? 0) + 1 >= MOST_ATTEMPTS;
    const nextAttemptAt = last ? null : new Date(now().getTime() + waitMs);
    await failProjection(prisma, name, { error: message, nextAttemptAt });
    if (last) log.error({ err: error, projection: name }, 'projection stopped; resume or rebuild it once it is mended');
    else log.warn({ err: error, projection: name, retryInMs: waitMs }, 'projection failed and is tried again');
  } catch (err) {
    log.warn({ err, cause: error, projection: name }, 'projection failed, and so did the note of it');
  }
}
