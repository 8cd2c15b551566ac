import type { PrismaClient } from '@tallymark/prisma/client';
import { DEDUPLICATION_LIMITS, lockDeduplication } from '@tallymark/prisma/stores/deduplication-limits';
import { moveRates } from '@tallymark/prisma/stores/deduplication-rates';
import { type MarksToRevert, revertMarks } from '@tallymark/prisma/stores/duplicates-revert';

/** Marks of one transaction. */
const MARKS_AT_ONCE = 5_000;
const CONNECTION_WAIT_MS = 10_000;

/**
 * Takes back marks, a transaction at a time, until none of them is left. Killed in between, the same call goes on where
 * it was. Answers with how many it took back; marks that were taken back before, or never made, are not among them.
 */
export async function revertDeduplication(
  { prisma, now }: { readonly prisma: PrismaClient; readonly now: () => Date },
  which: MarksToRevert,
): Promise<{ reverted: number }> {
  const timeout = DEDUPLICATION_LIMITS.lockTimeoutMs + DEDUPLICATION_LIMITS.statementTimeoutMs;
  let total = 0;
  for (;;) {
    const reverted = await prisma.$transaction(
      async (tx) => {
        await lockDeduplication(tx);
        const marks = await revertMarks(tx, which, { now: now(), most: MARKS_AT_ONCE });
        await moveRates(tx, { marked: [], unmarked: marks.eventIds });
        return marks.reverted;
      },
      { maxWait: CONNECTION_WAIT_MS, timeout },
    );
    total += reverted;
    if (reverted < MARKS_AT_ONCE) return { reverted: total };
  }
}
