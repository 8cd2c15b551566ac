import { projectionRebuild, projectionStatus } from '@tallymark/contract/reports/projections';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { type ProjectionAdmin, ProjectionError, type ProjectionErrorCode } from '../project/admin.ts';
import { adminProcedure, router } from './trpc.ts';

/** What these procedures find in `ctx`. */
export interface ProjectionsContext {
  readonly operations: {
    readonly projections: Pick<ProjectionAdmin, 'list' | 'rebuilds' | 'rebuild' | 'cancel' | 'resume'>;
  };
}

const TRPC_CODES = {
  unknown_projection: 'NOT_FOUND',
  already_rebuilding: 'CONFLICT',
  not_rebuilding: 'CONFLICT',
} as const satisfies Record<ProjectionErrorCode, TRPCError['code']>;

const name = z.object({ name: z.string().min(1).max(100) });

/** For admins: how far read models are, and what can be done about one that is not right. */
export function createProjectionsRouter() {
  const procedure = adminProcedure.use(async ({ ctx, next }) => {
    const { projections } = (ctx as typeof ctx & ProjectionsContext).operations;
    const result = await next({ ctx: { projections } });
    if (result.ok || !(result.error.cause instanceof ProjectionError)) return result;
    const { cause } = result.error;
    throw new TRPCError({ code: TRPC_CODES[cause.code], message: cause.message, cause });
  });

  return router({
    list: procedure
      .meta({ question: 'How far every projection is, and why one stands still.' })
      .output(z.array(projectionStatus))
      .query(({ ctx }) => ctx.projections.list()),
    rebuilds: procedure
      .meta({ question: 'The rebuilds of read models, the latest first, with their progress and what they found.' })
      .input(z.object({ limit: z.int().min(1).max(500).default(50) }).optional())
      .output(z.array(projectionRebuild))
      .query(({ ctx, input }) => ctx.projections.rebuilds(input?.limit)),
    /** Folds it anew beside the one that is read, compares and swaps. */
    rebuild: procedure
      .input(name)
      .output(projectionRebuild)
      .mutation(({ ctx, input }) => ctx.projections.rebuild(input.name)),
    cancelRebuild: procedure
      .input(name)
      .output(z.void())
      .mutation(({ ctx, input }) => ctx.projections.cancel(input.name)),
    resume: procedure
      .input(name)
      .output(z.void())
      .mutation(({ ctx, input }) => ctx.projections.resume(input.name)),
  });
}
