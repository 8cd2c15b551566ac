import { setTimeout as pause } from 'node:timers/promises';
import { failProjection, listProjections } from '@tallymark/prisma/stores/projections';
import { isOutage } from '../enrich/outage.ts';
import { backoffMs } from '../ingest/backoff.ts';
import type { FactDeps, FoldOutcome } from './fold-facts.ts';

export interface LoopOptions {
  readonly deps: Pick<FactDeps, 'prisma' | 'log' | 'now'>;
  readonly name: string;
  /** One step; `idle` when there is none to take. */
  readonly step: () => Promise<FoldOutcome>;
  readonly pollMs: number;
  readonly signal: AbortSignal;
}

const MOST_ATTEMPTS = 5;
const LONGEST_ERROR = 2_000;

/**
 * Folds one projection until it is stopped. An outage is waited for. Any other error counts: after five in a row the
 * projection stands still, alone, with the reason beside it, until somebody resumes it.
 */
export async function runProjection({ deps, name, step, pollMs, signal }: LoopOptions): Promise<void> {
  let attempt = 0;
  while (!signal.aborted) {
    let waitMs = pollMs;
    try {
      if (await isDue(deps, name)) {
        const outcome = await step();
        attempt = 0;
        if (outcome === 'folded') continue;
      }
    } catch (error) {
      attempt += 1;
      waitMs = Math.max(pollMs, backoffMs(attempt));
      await noteFailure(deps, name, error, waitMs);
    }
    await pause(waitMs, undefined, { signal }).catch(() => {});
  }
}

async function isDue({ prisma, now }: LoopOptions['deps'], name: string): Promise<boolean> {
  const state = (await listProjections(prisma)).find((projection) => projection.name === name);
  if (!state || state.failedAt !== null) return false;
  return state.nextAttemptAt === null || state.nextAttemptAt <= now();
}

async function noteFailure(deps: LoopOptions['deps'], name: string, error: unknown, waitMs: number): Promise<void> {
  const { prisma, log, now } = deps;
  if (isOutage(error)) {
    log.warn({ err: error, projection: name, retryInMs: waitMs }, 'the database is away; projections wait for it');
    return;
  }
  try {
    const state = (await listProjections(prisma)).find((projection) => projection.name === name);
    const last = (state?.attempts ?? 0) + 1 >= MOST_ATTEMPTS;
    const message = (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_ERROR);
    const nextAttemptAt = last ? null : new Date(now().getTime() + waitMs);
    await failProjection(prisma, name, { error: message, nextAttemptAt });
    if (last) log.error({ err: error, projection: name }, 'projection stopped; resume or rebuild it once it is mended');
    else log.warn({ err: error, projection: name, retryInMs: waitMs }, 'projection failed and is tried again');
  } catch (err) {
    log.warn({ err, cause: error, projection: name }, 'projection failed, and so did the note of it');
  }
}
