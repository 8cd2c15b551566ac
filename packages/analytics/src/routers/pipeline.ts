import { storingTimes, storingTimesInput } from '@tallymark/contract/reports/pipeline';
import { readStoringTimes } from '@tallymark/prisma/stores/storing-times';
import { reportAdminProcedure } from './report-procedure.ts';
import { router } from './trpc.ts';

/** For admins: what the ledger does not tell of the way from receipt to row. */
export function createPipelineRouter() {
  return router({
    storingTimes: reportAdminProcedure
      .input(storingTimesInput)
      .output(storingTimes)
      .query(({ ctx: { reports }, input }) =>
        reports.reports.answer('pipeline.storingTimes', (db) =>
          readStoringTimes(db, input.siteId ?? reports.defaultSiteId, reports.now()),
        ),
      ),
  });
}
