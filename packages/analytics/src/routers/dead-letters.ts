import {
  deadLetter,
  deadLetterCounts,
  deadLetterPage,
  deadLetterQuery,
  deadLetterRepair,
  replayAllQuery,
  replayAllResult,
  replayOutcome,
} from '@tallymark/contract/dead-letters';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { DeadLetterError, type DeadLetterErrorCode } from '../deadletters/errors.ts';
import type { DeadLetterService } from '../deadletters/service.ts';
import { adminProcedure, router } from './trpc.ts';

/** What these procedures find in `ctx`. */
export interface DeadLettersContext {
  readonly operations: {
    readonly deadLetters: Pick<DeadLetterService, 'list' | 'get' | 'counts' | 'repair' | 'replay' | 'replayAll'>;
  };
}

const TRPC_CODES = {
  not_found: 'NOT_FOUND',
  resolved: 'CONFLICT',
  unreadable: 'UNPROCESSABLE_CONTENT',
  invalid: 'BAD_REQUEST',
} as const satisfies Record<DeadLetterErrorCode, TRPCError['code']>;

const letterId = z.object({ id: z.uuid() });

/** Dead letters, for admins: look, repair, replay. */
export function createDeadLettersRouter() {
  const procedure = adminProcedure.use(async ({ ctx, next }) => {
    const { deadLetters } = (ctx as typeof ctx & DeadLettersContext).operations;
    const result = await next({ ctx: { deadLetters } });
    if (result.ok || !(result.error.cause instanceof DeadLetterError)) return result;
    const { cause } = result.error;
    throw new TRPCError({ code: TRPC_CODES[cause.code], message: cause.message, cause });
  });

  return router({
    list: procedure
      .input(deadLetterQuery.optional())
      .output(deadLetterPage)
      .query(({ ctx, input }) => ctx.deadLetters.list(input)),
    get: procedure
      .input(letterId)
      .output(deadLetter)
      .query(({ ctx, input }) => ctx.deadLetters.get(input.id)),
    counts: procedure.output(deadLetterCounts).query(({ ctx }) => ctx.deadLetters.counts()),
    repair: procedure
      .input(letterId.extend({ changes: deadLetterRepair }))
      .output(deadLetter)
      .mutation(({ ctx, input }) => ctx.deadLetters.repair(input.id, input.changes)),
    replay: procedure
      .input(letterId)
      .output(replayOutcome)
      .mutation(({ ctx, input }) => ctx.deadLetters.replay(input.id)),
    replayAll: procedure
      .input(replayAllQuery.optional())
      .output(replayAllResult)
      .mutation(({ ctx, input }) => ctx.deadLetters.replayAll(input)),
  });
}
