import { liveInput } from '@tallymark/contract/reports/live';
import { TRPCError, tracked } from '@trpc/server';
import { askAgain } from '../http/ask-again.ts';
import { LiveError, type LiveErrorCode } from '../report/live/live-error.ts';
import type { LiveHub } from '../report/live/live-hub.ts';
import type { ReportDeps } from '../report/report-deps.ts';
import { requireSiteRole, siteProcedure } from './report-procedure.ts';
import type { TallymarkContext } from './trpc.ts';

/** What these procedures find in `ctx`. */
export interface LiveContext {
  readonly operations: { readonly live: Pick<LiveHub, 'watch'> };
}

export interface LiveOptions {
  /** After so long the connection is ended, and the client makes a new one. Default 30 minutes. */
  readonly longestMs?: number;
  /** How often it is asked whether the reader may still see the site. Default once a minute. */
  readonly recheckMs?: number;
}

const LONGEST_MS = 30 * 60_000;
const RECHECK_MS = 60_000;
/** How often the question may stay without an answer, such as while Postgres is away. */
const MOST_UNANSWERED = 5;

const TRPC_CODES = {
  too_many: 'TOO_MANY_REQUESTS',
  unavailable: 'SERVICE_UNAVAILABLE',
} as const satisfies Partial<Record<LiveErrorCode, TRPCError['code']>>;

/** What happens on a site while it happens. */
export function liveProcedures({ longestMs = LONGEST_MS, recheckMs = RECHECK_MS }: LiveOptions = {}) {
  return {
    /**
     * Accepted events as they come in, and counters each second (`LiveMessage`). Every message has an id; a client that
     * connects again with the last one goes on behind it.
     */
    live: siteProcedure('viewer')
      .input(liveInput)
      .subscription(async function* ({ ctx, input, signal }) {
        const { live } = (ctx as typeof ctx & LiveContext).operations;
        const eventTypes = input.eventTypes?.length ? new Set(input.eventTypes) : null;
        const question = { eventTypes, lastEventId: input.lastEventId ?? null };
        const recheck = rechecker(ctx, recheckMs);
        const end = performance.now() + longestMs;
        try {
          // There is a message each second, so that the clock is looked at as often.
          for await (const { id, message } of live.watch(
            ctx.siteId,
            question,
            signal ?? never(),
            ctx.requestContext.session?.userId,
          )) {
            await recheck();
            yield tracked(id, message);
            if (performance.now() >= end) throw cutOff();
          }
        } catch (error) {
          throw error instanceof LiveError ? asTrpcError(error) : error;
        }
      }),
  };
}

const never = () => new AbortController().signal;

/**
 * tRPC ends the stream over such an error without a word, so that the client takes it for a cut and connects again; after
 * an orderly end it would not.
 */
const cutOff = () => new DOMException('The live stream is to be opened again.', 'AbortError');

const asTrpcError = (error: LiveError) =>
  error.code === 'closed'
    ? cutOff()
    : new TRPCError({ code: TRPC_CODES[error.code], message: error.message, cause: error });

/** Throws once the reader may not see the site any more, or it has been impossible to tell for too long. */
function rechecker(
  { requestContext, reports, siteId }: TallymarkContext & { readonly reports: ReportDeps; readonly siteId: string },
  everyMs: number,
): () => Promise<void> {
  let due = performance.now() + everyMs;
  let unanswered = 0;
  return async () => {
    if (performance.now() < due) return;
    due = performance.now() + everyMs;
    try {
      await requireSiteRole({ requestContext: await askAgain(requestContext) }, reports, [siteId], 'viewer');
      unanswered = 0;
    } catch (error) {
      unanswered += 1;
      if (error instanceof TRPCError || unanswered >= MOST_UNANSWERED) throw error;
    }
  };
}
