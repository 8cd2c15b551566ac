import type { EventInput } from '@tallymark/contract/event-input';
import { LIMITS } from '@tallymark/contract/limits';
import type { TrackingPlan } from '@tallymark/contract/plan';
import { receipt } from '@tallymark/contract/receipt';
import { UNPROVEN_ACTOR } from '@tallymark/contract/request-context';
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
  /** A random id that a browser keeps. */
  const visitorId = z
    .string()
    .regex(/^[A-Za-z0-9_-]{8,64}$/, 'is 8 to 64 letters, digits, "-" and "_"')
    .optional();
  /** A client that keeps events until they are sent: whoever they name may be signed out by then. */
  const unprovenActor = z.enum(UNPROVEN_ACTOR).optional();

  return router({
    track: publicProcedure
      .meta({ ingest: true })
      .input(event)
      .output(receipt)
      .mutation(async ({ ctx, input }) => {
        const [answer] = await refusalsAsTrpcErrors(ctx.eventIngestion.ingestPublic([input], ctx.requestContext));
        if (!answer) throw new Error('No receipt for the event.');
        return answer;
      }),
    trackBatch: publicProcedure
      .meta({ ingest: true })
      .input(z.object({ events, visitorId, unprovenActor }))
      .output(z.array(receipt))
      .mutation(({ ctx, input }) => {
        // A host that knows its visitors is believed before a browser.
        const context = {
          ...ctx.requestContext,
          visitorId: ctx.requestContext.visitorId ?? input.visitorId,
          unprovenActor: input.unprovenActor ?? 'reject',
        };
        return refusalsAsTrpcErrors(ctx.eventIngestion.ingestPublic(input.events, context));
      }),
    /** The server's clock, in ms since 1970: browsers set the times of their events by it. */
    time: publicProcedure
      .meta({ ingest: true })
      .output(z.number())
      .query(() => Date.now()),
    getStats: adminProcedure.output(ingestStats).query(({ ctx }) => ctx.eventIngestion.getStats()),
    forceFlush: adminProcedure
      .output(flushResult)
      .mutation(({ ctx }) => refusalsAsTrpcErrors(ctx.eventIngestion.forceFlush())),
  });
}
