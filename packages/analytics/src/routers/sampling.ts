import { samplingRule } from '@tallymark/contract/stats';
import { listThrottling } from '@tallymark/prisma/stores/throttling';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { reportAdminProcedure } from './report-procedure.ts';
import { router } from './trpc.ts';

const typeSampling = z.object({
  eventType: z.string(),
  /** What the tracking plan says. */
  plan: samplingRule,
  /** What was set at run time and wins over it; null where nothing was. */
  runTime: samplingRule.nullable(),
});

/** Set at run time for one event type. */
const newRule = samplingRule.extend({ eventType: z.string().min(1).max(100) });

/** For admins: of how many visitors events of each type are kept. */
export function createSamplingRouter() {
  return router({
    /** By event type, those of the plan. */
    list: reportAdminProcedure.output(z.object({ types: z.array(typeSampling) })).query(async ({ ctx }) => {
      const { prisma, plan } = ctx.reports;
      const set = new Map((await listThrottling(prisma)).map(({ eventType, ...rule }) => [eventType, rule]));
      const types = Object.entries(plan.types).sort(([a], [b]) => (a < b ? -1 : 1));
      return {
        types: types.map(([eventType, { samplingRate = 100, alwaysKeep = false }]) => ({
          eventType,
          plan: { samplingRate, alwaysKeep },
          runTime: set.get(eventType) ?? null,
        })),
      };
    }),

    /** In force on every instance within about a second. */
    set: reportAdminProcedure
      .input(newRule)
      .output(newRule)
      .mutation(async ({ ctx, input }) => {
        const { eventType, ...rule } = input;
        if (!Object.hasOwn(ctx.reports.plan.types, eventType)) {
          throw new TRPCError({ code: 'NOT_FOUND', message: `The tracking plan has no event type "${eventType}".` });
        }
        await ctx.eventIngestion.updateThrottlingConfig(eventType, rule);
        return input;
      }),
  });
}
