import { opsOverview, opsProjections, opsQueryTimes, opsStorage } from '@tallymark/contract/reports/ops';
import { askOpsOverview } from '../report/ops-overview.ts';
import { askOpsProjections } from '../report/ops-projections.ts';
import { askQueryTimes } from '../report/ops-query-times.ts';
import { askOpsStorage } from '../report/ops-storage.ts';
import { reportAdminProcedure } from './report-procedure.ts';
import { router } from './trpc.ts';

/** For admins: how the analytics themselves are doing. */
export function createOpsRouter() {
  return router({
    overview: reportAdminProcedure
      .meta({ question: 'How many events are stored and counted, and how many came in lately.' })
      .output(opsOverview)
      .query(({ ctx }) => askOpsOverview(ctx.reports)),
    storage: reportAdminProcedure
      .meta({ question: 'How large the database is, by partition and by read model.' })
      .output(opsStorage)
      .query(({ ctx }) => askOpsStorage(ctx.reports)),
    projections: reportAdminProcedure
      .meta({ question: 'How far behind every projection is, how fast it folds, and what stands in its way.' })
      .output(opsProjections)
      .query(({ ctx }) => askOpsProjections(ctx.reports)),
    queryTimes: reportAdminProcedure
      .meta({ question: 'How long every question took the last 1,000 times that it was asked.' })
      .output(opsQueryTimes)
      .query(({ ctx }) => askQueryTimes(ctx.reports)),
  });
}
