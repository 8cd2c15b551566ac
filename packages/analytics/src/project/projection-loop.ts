import { setTimeout as pause } from 'node:timers/promises';
import { clearObstacle, failProjection, noteObstacle, readProjection } from '@tallymark/prisma/stores/projections';
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
  let waitMs = 0;
  /** Whether an obstacle may stand beside the projection that is none any more. */
  let noted = true;
  const failures: unknown[] = [];
  const tried = async (step: () => Promise<FoldOutcome>): Promise<FoldOutcome> => {
    try {
      return await step();
    } catch (error) {
      failures.push(error);
      return 'idle';
    }
  };
  while (!signal.aborted) {
    // A step of each in turn: under load there is always more to fold, and a rebuild must come to its end.
    const folded = await tried(async () => ((await isDue(deps, name)) ? fold() : 'idle'));
    const rebuilt = rebuild ? await tried(rebuild) : 'idle';
    if (failures.length > 0) {
      attempt += 1;
      waitMs = Math.max(pollMs, backoffMs(attempt));
      for (const error of failures.splice(0)) await noteFailure(deps, name, error, waitMs);
      noted = true;
    } else {
      attempt = 0;
      waitMs = pollMs;
      if (noted) noted = !(await forgetObstacle(deps, name));
      if (folded === 'folded' || rebuilt === 'folded') continue;
    }
    await pause(waitMs, undefined, { signal }).catch(() => {});
  }
}

async function forgetObstacle({ prisma, log }: LoopOptions['deps'], name: string): Promise<boolean> {
  try {
    await clearObstacle(prisma, name);
    return true;
  } catch (err) {
    log.debug({ err, projection: name }, 'an obstacle that is gone could not be taken off');
    return false;
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
