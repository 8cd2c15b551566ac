import type { SiteRole } from '@tallymark/contract/reports/members';
import { findSiteRoles } from '@tallymark/prisma/stores/site-members';
import { findTenantOfSite } from '@tallymark/prisma/stores/sites';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { CircuitOpen } from '../operate/circuit.ts';
import type { ReportDeps } from '../report/report-deps.ts';
import { ReportError, type ReportErrorCode } from '../report/report-error.ts';
import { enterInAuditLog, publicProcedure, type TallymarkContext } from './trpc.ts';

/** What the procedures of reports find in `ctx`. */
export interface ReportsContext {
  readonly operations: {
    readonly reports: ReportDeps & {
      /** Asked about where neither the input nor the request names a site. */
      readonly defaultSiteId: string;
    };
  };
}

const TRPC_CODES = {
  invalid_period: 'BAD_REQUEST',
  invalid_input: 'BAD_REQUEST',
  unknown_site: 'NOT_FOUND',
  unknown_segment: 'NOT_FOUND',
  unknown_event: 'NOT_FOUND',
  too_expensive: 'UNPROCESSABLE_CONTENT',
  // A 408 would blame the caller, and browsers send the request again.
  timed_out: 'GATEWAY_TIMEOUT',
  busy: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<ReportErrorCode, TRPCError['code']>;

const siteInput = z.looseObject({ siteId: z.guid().optional() }).optional().catch(undefined);

/** Carries out a question; one that is not answered becomes the tRPC error of its kind. */
const questionProcedure = publicProcedure.use(async ({ ctx, next }) => {
  const { reports } = (ctx as typeof ctx & ReportsContext).operations;
  const result = await next({ ctx: { reports } });
  if (result.ok) return result;
  const { cause } = result.error;
  if (cause instanceof CircuitOpen) throw new TRPCError({ code: 'SERVICE_UNAVAILABLE', message: cause.message, cause });
  if (!(cause instanceof ReportError)) return result;
  throw new TRPCError({ code: TRPC_CODES[cause.code], message: cause.message, cause });
});

/** For admins, and for members of the site with the role. `ctx.siteId` is the site asked about. */
export const siteProcedure = (needed: SiteRole) =>
  questionProcedure.use(async ({ ctx, getRawInput, next }) => {
    const named =
      siteInput.parse(await getRawInput())?.siteId ?? ctx.requestContext.siteId ?? ctx.reports.defaultSiteId;
    const siteId = named.toLowerCase();
    await requireSiteRole(ctx, ctx.reports, [siteId], needed);
    if ((await findTenantOfSite(ctx.reports.prisma, siteId)) === null) {
      throw new TRPCError({ code: 'NOT_FOUND', message: `There is no site ${siteId}.` });
    }
    return next({ ctx: { siteId } });
  });

/** For admins, of questions that are about no site. */
export const reportAdminProcedure = questionProcedure
  .use(({ ctx, next }) => {
    const { session } = ctx.requestContext;
    if (!session) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first.' });
    if (session.role !== 'admin') throw new TRPCError({ code: 'FORBIDDEN', message: 'Only an admin may do this.' });
    return next();
  })
  .use(enterInAuditLog);

/** For whoever is signed in: the question itself says who may ask it. */
export const memberProcedure = questionProcedure;

/** @throws TRPCError unless the caller is an admin or has the role on every one of the sites. */
export async function requireSiteRole(
  { requestContext }: Pick<TallymarkContext, 'requestContext'>,
  { prisma }: Pick<ReportDeps, 'prisma'>,
  siteIds: readonly string[],
  needed: SiteRole,
): Promise<void> {
  const { session } = requestContext;
  if (!session) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first.' });
  if (session.role === 'admin') return;
  const roles = await findSiteRoles(prisma, session.userId, siteIds);
  const allowed = siteIds.length > 0 && siteIds.every((id) => roles.get(id) === 'editor' || roles.get(id) === needed);
  // Whether the site exists is nobody's business who has no part in it.
  if (!allowed)
    throw new TRPCError({ code: 'FORBIDDEN', message: 'You have no access to this site, or not enough of it.' });
}
