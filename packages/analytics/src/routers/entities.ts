import { entitySnapshotsAnswer, entitySnapshotsInput } from '@tallymark/contract/reports/entity-snapshots';
import { entityTypesAnswer, entityTypesInput } from '@tallymark/contract/reports/plan';
import { readEntitySnapshots } from '@tallymark/prisma/stores/report-entity-snapshots';
import { entityTypesOf } from '../report/entity-types.ts';
import { siteProcedure } from './report-procedure.ts';
import { router } from './trpc.ts';

/** What there is to know of the host's own entities beside what happened to them. */
export function createEntitiesRouter() {
  return router({
    types: siteProcedure('viewer')
      .input(entityTypesInput)
      .output(entityTypesAnswer)
      .query(({ ctx }) => ({ entityTypes: entityTypesOf(ctx.reports.plan) })),
    snapshots: siteProcedure('viewer')
      .input(entitySnapshotsInput)
      .output(entitySnapshotsAnswer)
      .query(async ({ ctx, input }) => ({
        entities: await ctx.reports.reports.answer('entities.snapshots', (db) =>
          readEntitySnapshots(db, ctx.siteId, input),
        ),
      })),
  });
}
