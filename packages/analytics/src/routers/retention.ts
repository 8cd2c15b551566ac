import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { RetentionError, type RetentionErrorCode } from '../retain/errors.ts';
import type { RetentionService } from '../retain/service.ts';
import { cleanupReport, eventArchive, retentionPlan, retentionRule, retentionRun } from '../retain/shapes.ts';
import { adminProcedure, router } from './trpc.ts';

/** What these procedures find in `ctx`. */
export interface RetentionContext {
  readonly operations: {
    readonly retention: Pick<RetentionService, 'plan' | 'cleanupNow' | 'rules' | 'archives' | 'runs'>;
  };
}

const TRPC_CODES = {
  already_running: 'CONFLICT',
  unknown_site: 'BAD_REQUEST',
  unknown_type: 'BAD_REQUEST',
  invalid_days: 'BAD_REQUEST',
  invalid_month: 'BAD_REQUEST',
  unknown_rule: 'NOT_FOUND',
  unknown_archive: 'NOT_FOUND',
  damaged_archive: 'INTERNAL_SERVER_ERROR',
} as const satisfies Record<RetentionErrorCode, TRPCError['code']>;

const wildcard = z.string().min(1).max(200).default('*');
const ruleKey = z.object({
  /** Left out: every site. */
  siteId: wildcard,
  /** Left out: every type. */
  eventType: wildcard,
});
const newRule = ruleKey.extend({
  /** Null is for ever. */
  keepDays: z.number().nullable(),
});

/** For admins: what goes and when, the rules, and what has gone. */
export function createRetentionRouter() {
  const procedure = adminProcedure.use(async ({ ctx, next }) => {
    const { retention } = (ctx as typeof ctx & RetentionContext).operations;
    const result = await next({ ctx: { retention } });
    if (result.ok || !(result.error.cause instanceof RetentionError)) return result;
    const { cause } = result.error;
    throw new TRPCError({ code: TRPC_CODES[cause.code], message: cause.message, cause });
  });

  return router({
    /** Counts what would go, as the rules are or as if one more were set; touches nothing. */
    plan: procedure
      .input(z.object({ withRule: newRule.optional() }).optional())
      .output(retentionPlan)
      .query(({ ctx, input }) => ctx.retention.plan(input?.withRule)),
    cleanupNow: procedure
      .input(z.object({ dryRun: z.boolean().optional() }).optional())
      .output(cleanupReport)
      .mutation(({ ctx, input }) => ctx.retention.cleanupNow({ dryRun: input?.dryRun })),
    rules: procedure.output(z.array(retentionRule)).query(({ ctx }) => ctx.retention.rules.list()),
    setRule: procedure
      .input(newRule)
      .output(z.void())
      .mutation(({ ctx, input }) => ctx.retention.rules.set(input)),
    removeRule: procedure
      .input(ruleKey)
      .output(z.void())
      .mutation(({ ctx, input }) => ctx.retention.rules.remove(input)),
    archives: procedure.output(z.array(eventArchive)).query(({ ctx }) => ctx.retention.archives()),
    /** The latest first. */
    runs: procedure
      .input(z.object({ limit: z.int().min(1).max(500).default(30) }).optional())
      .output(z.array(retentionRun))
      .query(({ ctx, input }) => ctx.retention.runs(input?.limit)),
  });
}
