import { planPropsAnswer, planPropsInput, planTypesAnswer, planTypesInput } from '@tallymark/contract/reports/plan';
import { readPropsSent } from '@tallymark/prisma/stores/plan-props';
import { askPlanTypes } from '../report/plan-usage.ts';
import { reportAdminProcedure } from './report-procedure.ts';
import { router } from './trpc.ts';

/** For admins: what the plan says, and what the code sends. */
export function createPlanRouter() {
  return router({
    types: reportAdminProcedure
      .input(planTypesInput)
      .output(planTypesAnswer)
      .query(({ ctx: { reports }, input }) => askPlanTypes(reports, input.siteId ?? reports.defaultSiteId)),
    /** Which props the latest events of a type have. */
    propsSent: reportAdminProcedure
      .input(planPropsInput)
      .output(planPropsAnswer)
      .query(({ ctx: { reports }, input }) =>
        reports.reports.answer('plan.propsSent', (db) =>
          readPropsSent(db, input.siteId ?? reports.defaultSiteId, input.eventType),
        ),
      ),
  });
}
