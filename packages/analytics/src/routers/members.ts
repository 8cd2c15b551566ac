import {
  memberInput,
  memberKey,
  membersOfSite,
  siteMember,
  siteMembers,
  visibleSites,
} from '@tallymark/contract/reports/members';
import { listSiteMembers } from '@tallymark/prisma/stores/site-member-list';
import { addSiteMember, changeSiteMember, removeSiteMember } from '@tallymark/prisma/stores/site-members';
import { findTenantOfSite } from '@tallymark/prisma/stores/sites';
import { TRPCError } from '@trpc/server';
import { visibleSitesOf } from '../report/visible-sites.ts';
import { memberProcedure, reportAdminProcedure } from './report-procedure.ts';
import { router } from './trpc.ts';

/** Who may see the reports of which site. Admins of everything are members of none and may all of it. */
export function createMembersRouter() {
  return router({
    list: reportAdminProcedure
      .meta({ question: 'Who may see the reports of a site, and as what. Admins are not listed.' })
      .input(membersOfSite)
      .output(siteMembers)
      .query(async ({ ctx, input }) => {
        const siteId = input.siteId.toLowerCase();
        if ((await findTenantOfSite(ctx.reports.prisma, siteId)) === null) throw noSite(siteId);
        return { siteId, members: await listSiteMembers(ctx.reports.prisma, siteId) };
      }),

    add: reportAdminProcedure
      .input(memberInput)
      .output(siteMember)
      .mutation(async ({ ctx, input }) => {
        const { prisma, now } = ctx.reports;
        if ((await findTenantOfSite(prisma, input.siteId)) === null) throw noSite(input.siteId);
        const addedAt = now();
        if (!(await addSiteMember(prisma, input, addedAt))) {
          throw new TRPCError({ code: 'CONFLICT', message: `${input.userId} is a member already; change the role.` });
        }
        return { userId: input.userId, role: input.role, addedAt: addedAt.toISOString() };
      }),

    change: reportAdminProcedure
      .input(memberInput)
      .output(memberInput)
      .mutation(async ({ ctx, input }) => {
        if (!(await changeSiteMember(ctx.reports.prisma, input))) throw noMember(input.userId);
        return input;
      }),

    remove: reportAdminProcedure
      .input(memberKey)
      .output(memberKey)
      .mutation(async ({ ctx, input }) => {
        if (!(await removeSiteMember(ctx.reports.prisma, input))) throw noMember(input.userId);
        return input;
      }),

    mine: memberProcedure
      .meta({ question: 'The sites whose reports the caller may see, and as what.' })
      .output(visibleSites)
      .query(async ({ ctx }) => {
        const { session } = ctx.requestContext;
        if (!session) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first.' });
        const { prisma, defaultSiteId } = ctx.reports;
        return { sites: await visibleSitesOf(prisma, session, defaultSiteId) };
      }),
  });
}

const noSite = (siteId: string) => new TRPCError({ code: 'NOT_FOUND', message: `There is no site ${siteId}.` });

const noMember = (userId: string) =>
  new TRPCError({ code: 'NOT_FOUND', message: `${userId} is no member of the site.` });
