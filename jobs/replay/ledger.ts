import type { PrismaClient } from '@tallymark/prisma/client';
import { readImportOutcome } from '@tallymark/prisma/stores/import-outcome';
import type { ReplayTally } from './replay.ts';

export interface ReplayLedger {
  readonly lines: number;
  readonly bad: number;
  readonly received: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly merged: number;
  readonly sampled: number;
  readonly rejected: number;
  readonly deadLettered: number;
  readonly stored: number;
  readonly buffered: number;
  readonly balanced: boolean;
}

/** The ledger of one run: what its receipts said against what Postgres holds of it. `buffered` was not flushed yet. */
export async function replayLedger(
  prisma: PrismaClient,
  tally: ReplayTally,
  run: { readonly runId: string; readonly startedAt: Date; readonly complete: boolean },
): Promise<ReplayLedger> {
  const { stored, deadLettered } = await readImportOutcome(prisma, { correlationId: run.runId, since: run.startedAt });
  const left = tally.accepted - stored - deadLettered;
  const { lines, bad, received, accepted, duplicate, sampled, rejected } = tally;
  return {
    lines,
    bad,
    received,
    accepted,
    duplicate,
    // Once all is flushed, what was accepted and has no row of this run was stored by an earlier one.
    merged: run.complete ? left : 0,
    sampled,
    rejected,
    deadLettered,
    stored,
    buffered: run.complete ? 0 : left,
    balanced: lines === bad + received && received === accepted + duplicate + sampled + rejected && left >= 0,
  };
}
