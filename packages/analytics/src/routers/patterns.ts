import { patternsAnswer, patternsInput } from '@tallymark/contract/patterns';
import { findLatestPatternRun } from '@tallymark/prisma/stores/pattern-runs';
import { siteProcedure } from './report-procedure.ts';
import { router } from './trpc.ts';

/** What the nightly job has found out about visitors. */
export function createPatternsRouter() {
  return router({
    latest: siteProcedure('viewer')
      .input(patternsInput)
      .output(patternsAnswer)
      .query(async ({ ctx }) => {
        const run = await findLatestPatternRun(ctx.reports.prisma, ctx.siteId);
        return { latest: run && { ...run.result, finishedAt: run.finishedAt.toISOString() } };
      }),
  });
}
