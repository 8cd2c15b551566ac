import type { DeduplicationRun } from '@tallymark/contract/deduplication';
import type { PrismaClient } from '@tallymark/prisma/client';
import { isDeduplicationRunning } from '@tallymark/prisma/stores/deduplication-limits';
import { listRuns } from '@tallymark/prisma/stores/deduplication-runs';
import { countMarks } from '@tallymark/prisma/stores/duplicates-count';

export interface DatabaseDeduplicationStats {
  readonly lastRun: DeduplicationRun | null;
  /** Whether any instance is at work on a window right now. A run that was killed is not running. */
  readonly running: boolean;
  /** The last ten, newest first. One that has neither an end nor an error is running, or was killed. */
  readonly runs: readonly DeduplicationRun[];
  /** Marks that stand. */
  readonly totalMarked: number;
  /** Marks that were taken back by hand. */
  readonly totalReverted: number;
}

const RUNS_SHOWN = 10;

export async function readRunStats(prisma: PrismaClient): Promise<DatabaseDeduplicationStats> {
  const [runs, atWork, marks] = await Promise.all([
    listRuns(prisma, RUNS_SHOWN),
    isDeduplicationRunning(prisma),
    countMarks(prisma),
  ]);
  const running = atWork && runs.some(({ finishedAt }) => finishedAt === null);
  return { lastRun: runs[0] ?? null, running, runs, totalMarked: marks.standing, totalReverted: marks.reverted };
}
