import {
  newWebhook,
  subscriptionDeadLetter,
  subscriptionName,
  subscriptionStatus,
  webhookSecret,
} from '@tallymark/contract/subscriptions';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import type { SubscriptionAdmin } from '../subscribe/subscription-admin.ts';
import { SubscriptionError, type SubscriptionErrorCode } from '../subscribe/subscription-error.ts';
import { adminProcedure, router } from './trpc.ts';

/** What these procedures find in `ctx`. */
export interface WebhooksContext {
  readonly operations: {
    readonly subscriptions: Pick<
      SubscriptionAdmin,
      | 'list'
      | 'addWebhook'
      | 'removeWebhook'
      | 'removeHandler'
      | 'setEnabled'
      | 'rotateSecret'
      | 'restart'
      | 'deadLetters'
      | 'redeliver'
    >;
  };
}

const TRPC_CODES = {
  name_taken: 'CONFLICT',
  unknown_subscription: 'NOT_FOUND',
  unknown_event_type: 'BAD_REQUEST',
  url_refused: 'BAD_REQUEST',
} as const satisfies Record<SubscriptionErrorCode, TRPCError['code']>;

const named = z.object({ name: subscriptionName });

/** Webhooks and handlers, for admins: who hears of what, how far they are, what they did not take. */
export function createWebhooksRouter() {
  const procedure = adminProcedure.use(async ({ ctx, next }) => {
    const { subscriptions } = (ctx as typeof ctx & WebhooksContext).operations;
    const result = await next({ ctx: { subscriptions } });
    if (result.ok || !(result.error.cause instanceof SubscriptionError)) return result;
    const { cause } = result.error;
    throw new TRPCError({ code: TRPC_CODES[cause.code], message: cause.message, cause });
  });

  return router({
    list: procedure.output(z.array(subscriptionStatus)).query(({ ctx }) => ctx.subscriptions.list()),
    /** Answers the secret, this once. */
    add: procedure
      .input(newWebhook)
      .output(webhookSecret)
      .mutation(({ ctx, input }) => ctx.subscriptions.addWebhook(input)),
    remove: procedure
      .input(named)
      .output(z.void())
      .mutation(({ ctx, input }) => ctx.subscriptions.removeWebhook(input.name)),
    /** For a handler that no process registers any more. */
    removeHandler: procedure
      .input(named)
      .output(z.void())
      .mutation(({ ctx, input }) => ctx.subscriptions.removeHandler(input.name)),
    setEnabled: procedure
      .input(named.extend({ enabled: z.boolean() }))
      .output(z.void())
      .mutation(({ ctx, input }) => ctx.subscriptions.setEnabled(input.name, input.enabled)),
    /** Answers the new secret, this once. */
    rotateSecret: procedure
      .input(named)
      .output(webhookSecret)
      .mutation(({ ctx, input }) => ctx.subscriptions.rotateSecret(input.name)),
    /** Moves a checkpoint by hand. */
    restart: procedure
      .input(named.extend({ from: z.enum(['oldest', 'now']) }))
      .output(z.void())
      .mutation(({ ctx, input }) => ctx.subscriptions.restart(input.name, input.from)),
    /** Newest first; `before` is the last id of the page before. */
    deadLetters: procedure
      .input(
        z
          .object({
            subscription: subscriptionName.optional(),
            before: z.uuid().optional(),
            replayed: z.boolean().optional(),
          })
          .optional(),
      )
      .output(z.array(subscriptionDeadLetter))
      .query(({ ctx, input }) => ctx.subscriptions.deadLetters(input)),
    /** Without ids, all that the subscription has. Answers how many were not waiting already. */
    redeliver: procedure
      .input(z.object({ subscription: subscriptionName, ids: z.array(z.uuid()).max(1_000).optional() }))
      .output(z.object({ letters: z.int().min(0) }))
      .mutation(async ({ ctx, input }) => ({
        letters: await ctx.subscriptions.redeliver(input.subscription, input.ids),
      })),
  });
}
