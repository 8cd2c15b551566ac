import type { EventInput } from '@tallymark/contract/event-input';
import { LIMITS } from '@tallymark/contract/limits';
import type { TrackingPlan } from '@tallymark/contract/plan';
import { receipt } from '@tallymark/contract/receipt';
import { flushResult, ingestStats } from '@tallymark/contract/stats';
import { z } from 'zod';
import { adminProcedure, publicProcedure, refusalsAsTrpcErrors, router } from './trpc.ts';

/**
 * The ingest procedures, typed by the plan. The tracking plan judges each event by itself in the ingestion service, so
 * that a bad one gets its receipt and the good ones beside it go on; here only the envelope of the request is judged.
 */
export function createEventIngestionRouter<Plan extends TrackingPlan>() {
  const event = z.custom<EventInput<Plan>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    {
      message: 'An event is an object; see the tracking plan for its fields.',
    },
  );
  const events = z.array(event).min(1).max(LIMITS.eventsPerBatch);

  return router({
    track: publicProcedure
      .input(event)
      .output(receipt)
      .mutation(async ({ ctx, input }) => {
        const [answer] = await refusalsAsTrpcErrors(ctx.eventIngestion.ingestPublic([input], ctx.requestContext));
        if (!answer) throw new Error('No receipt for the event.');
        return answer;
      }),
    trackBatch: publicProcedure
      .input(z.object({ events }))
      .output(z.array(receipt))
      .mutation(({ ctx, input }) =>
        refusalsAsTrpcErrors(ctx.eventIngestion.ingestPublic(input.events, ctx.requestContext)),
      ),
    getStats: adminProcedure.output(ingestStats).query(({ ctx }) => ctx.eventIngestion.getStats()),
    forceFlush: adminProcedure.output(flushResult).mutation(({ ctx }) => ctx.eventIngestion.forceFlush()),
  });
}
