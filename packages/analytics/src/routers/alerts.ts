import {
  type Alert,
  alertChange,
  alertHistory,
  alertHistoryInput,
  alertId,
  alertList,
  alertsInput,
  newAlert,
  removedAlert,
  savedAlert,
  triedAlert,
  tryAlertInput,
} from '@tallymark/contract/alerts';
import { findSiteRoles } from '@tallymark/prisma/stores/site-members';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { AlertError, type AlertErrorCode } from '../alert/alert-error.ts';
import { AlertProblem } from '../alert/alert-problem.ts';
import type { AlertService } from '../alert/service.ts';
import { SubscriptionError } from '../subscribe/subscription-error.ts';
import { memberProcedure, type ReportsContext, requireSiteRole, siteProcedure } from './report-procedure.ts';
import { enterInAuditLog, router, type TallymarkContext } from './trpc.ts';

/** What these procedures find in `ctx`, beside the reports. */
export interface AlertsContext {
  readonly operations: {
    readonly alerts: Pick<
      AlertService,
      'list' | 'siteOf' | 'save' | 'change' | 'remove' | 'rotateSecret' | 'history' | 'tryOut'
    >;
  };
}

const TRPC_CODES = {
  unknown_alert: 'NOT_FOUND',
  too_many: 'CONFLICT',
  built_in: 'CONFLICT',
  no_webhook: 'BAD_REQUEST',
  other_kind: 'BAD_REQUEST',
} as const satisfies Record<AlertErrorCode, TRPCError['code']>;

function codeOf(cause: unknown): TRPCError['code'] | null {
  if (cause instanceof AlertError) return TRPC_CODES[cause.code];
  if (cause instanceof AlertProblem) return cause.kind === 'rule' ? 'BAD_REQUEST' : 'TIMEOUT';
  return cause instanceof SubscriptionError ? 'BAD_REQUEST' : null;
}

const alertsOf = (ctx: TallymarkContext) => (ctx as TallymarkContext & AlertsContext).operations.alerts;
const isAdmin = ({ requestContext }: TallymarkContext) => requestContext.session?.role === 'admin';

const onlyAdmins = () =>
  new TRPCError({ code: 'FORBIDDEN', message: 'Rules about the pipeline are for admins; ask one of them.' });

/** Whose rules the caller sees: those of the site, and for admins those about the pipeline. */
const seenBy = (ctx: TallymarkContext & { readonly siteId: string }) => ({
  siteId: ctx.siteId,
  withPipeline: isAdmin(ctx),
});

async function mayChange(
  ctx: TallymarkContext & { readonly reports: ReportsContext['operations']['reports']; readonly siteId: string },
): Promise<boolean> {
  const { session } = ctx.requestContext;
  if (!session || isAdmin(ctx)) return session !== null;
  const roles = await findSiteRoles(ctx.reports.prisma, session.userId, [ctx.siteId]);
  return roles.get(ctx.siteId) === 'editor';
}

/** What stands behind the host is as good as a password to most receivers. */
const withHostOnly = (alert: Alert): Alert => ({
  ...alert,
  webhookUrl: alert.webhookUrl && `${new URL(alert.webhookUrl).origin}/…`,
});

const named = z.looseObject({ id: z.guid() });

/**
 * For admins, and for editors of the site that the rule named by `id` is of. Whether there is such a rule is nobody's
 * business who has no part in it.
 */
const ruleProcedure = memberProcedure
  .use(async ({ ctx, getRawInput, next }) => {
    const { session } = ctx.requestContext;
    if (!session) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first.' });
    if (isAdmin(ctx)) return next();
    const input = named.safeParse(await getRawInput());
    const rule = input.success ? await alertsOf(ctx).siteOf(input.data.id) : null;
    if (rule?.siteId) await requireSiteRole(ctx, ctx.reports, [rule.siteId], 'editor');
    else throw new TRPCError({ code: 'FORBIDDEN', message: 'You have no access to this rule, or not enough of it.' });
    return next();
  })
  .use(enterInAuditLog);

/** Gives a refusal the code of its kind. */
async function refusing<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    const code = codeOf(cause);
    if (code === null || !(cause instanceof Error)) throw cause;
    throw new TRPCError({ code, message: cause.message, cause });
  }
}

/** Rules that tell when a figure is not as it should be. Members of a site see its rules, editors save them. */
export function createAlertsRouter() {
  return router({
    list: siteProcedure('viewer')
      .input(alertsInput)
      .output(alertList)
      .query(async ({ ctx }) => {
        const alerts = await alertsOf(ctx).list(seenBy(ctx));
        return { alerts: (await mayChange(ctx)) ? alerts : alerts.map(withHostOnly) };
      }),

    /** Answers the secret of its webhook, this once. */
    save: siteProcedure('editor')
      .use(enterInAuditLog)
      .input(newAlert)
      .output(savedAlert)
      .mutation(({ ctx, input }) => {
        if (input.source.kind === 'pipeline' && !isAdmin(ctx)) throw onlyAdmins();
        return refusing(alertsOf(ctx).save(input, ctx.siteId, ctx.requestContext.session));
      }),

    /** Answers the secret where the webhook is a new one. */
    change: ruleProcedure
      .input(alertChange)
      .output(savedAlert)
      .mutation(({ ctx, input }) => refusing(alertsOf(ctx).change(input, ctx.requestContext.session))),

    remove: ruleProcedure
      .input(alertId)
      .output(removedAlert)
      .mutation(async ({ ctx, input }) => {
        await refusing(alertsOf(ctx).remove(input.id));
        return input;
      }),

    /** Answers the new secret, this once. */
    rotateSecret: ruleProcedure
      .input(alertId)
      .output(savedAlert)
      .mutation(({ ctx, input }) => refusing(alertsOf(ctx).rotateSecret(input.id))),

    /** Asks many questions at once, and so is for those who save rules. */
    tryOut: siteProcedure('editor')
      .input(tryAlertInput)
      .output(triedAlert)
      .query(({ ctx, input, signal }) =>
        refusing(alertsOf(ctx).tryOut(input, ctx.siteId, { session: ctx.requestContext.session, signal })),
      ),

    history: siteProcedure('viewer')
      .input(alertHistoryInput)
      .output(alertHistory)
      .query(({ ctx, input }) => alertsOf(ctx).history(seenBy(ctx), input)),
  });
}
