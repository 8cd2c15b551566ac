import { baselineAnswer, baselineInput } from '@tallymark/contract/reports/baseline';
import { breakdownAnswer, breakdownInput } from '@tallymark/contract/reports/breakdown';
import {
  businessAnswer,
  businessHistoryAnswer,
  businessHistoryInput,
  businessInput,
} from '@tallymark/contract/reports/business';
import { byTenantAnswer, byTenantInput } from '@tallymark/contract/reports/by-tenant';
import { dailyAnswer, dailyInput } from '@tallymark/contract/reports/daily';
import { overviewAnswer, overviewInput } from '@tallymark/contract/reports/overview';
import { timeseriesAnswer, timeseriesInput } from '@tallymark/contract/reports/timeseries';
import { listBusinessAnswers } from '@tallymark/prisma/stores/business-history';
import { findSitesOfTenant } from '@tallymark/prisma/stores/sites';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { askBaseline } from '../report/baseline.ts';
import { askBreakdown } from '../report/breakdown.ts';
import { BusinessStats } from '../report/business.ts';
import { askByTenant } from '../report/by-tenant.ts';
import { askDaily } from '../report/daily.ts';
import { askOverview } from '../report/overview.ts';
import type { ReportDeps } from '../report/report-deps.ts';
import { resolveScope } from '../report/resolve-scope.ts';
import { askTimeseries } from '../report/timeseries.ts';
import { memberProcedure, requireSiteRole, siteProcedure } from './report-procedure.ts';

const tenantOf = z.looseObject({ tenantId: z.guid() });

/** For admins, and for members of every site of the tenant that is asked about, before anything else of the input is looked at. */
const tenantProcedure = memberProcedure.use(async ({ ctx, getRawInput, next }) => {
  const named = tenantOf.safeParse(await getRawInput()).data;
  const siteIds = named ? await findSitesOfTenant(ctx.reports.prisma, named.tenantId) : [];
  await requireSiteRole(ctx, ctx.reports, siteIds, 'viewer');
  if (named && siteIds.length === 0) {
    throw new TRPCError({ code: 'NOT_FOUND', message: `There is no tenant ${named.tenantId} with a site.` });
  }
  return next({ ctx: { siteIds } });
});

/** How much there is of what: totals, time series, breakdowns. */
export function countProcedures() {
  const business = new WeakMap<ReportDeps, BusinessStats>();
  const businessOf = (deps: ReportDeps) => {
    const known = business.get(deps) ?? new BusinessStats(deps);
    business.set(deps, known);
    return known;
  };
  const viewer = siteProcedure('viewer');
  return {
    byTenant: tenantProcedure
      .meta({ question: 'Events by type, visitors and sessions of a tenant, all of its sites together.' })
      .input(byTenantInput)
      .output(byTenantAnswer)
      .query(({ ctx, input }) => askByTenant(ctx.reports, ctx.siteIds, input)),
    overview: viewer
      .meta({ question: 'What a period comes to: visitors, sessions, events, conversion, beside the period before.' })
      .input(overviewInput)
      .output(overviewAnswer)
      .query(async ({ ctx, input }) => askOverview(ctx.reports, await resolveScope(ctx.reports, ctx.siteId, input))),
    timeseries: viewer
      .meta({ question: 'How events, visitors, sessions, page views, conversions or value went over time.' })
      .input(timeseriesInput)
      .output(timeseriesAnswer)
      .query(async ({ ctx, input }) =>
        askTimeseries(ctx.reports, await resolveScope(ctx.reports, ctx.siteId, input), input),
      ),
    baseline: viewer
      .meta({ question: 'What would have been usual at each hour or day of a period, and what was not.' })
      .input(baselineInput)
      .output(baselineAnswer)
      .query(async ({ ctx, input }) =>
        askBaseline(ctx.reports, await resolveScope(ctx.reports, ctx.siteId, input), input),
      ),
    breakdown: viewer
      .meta({ question: 'The most frequent values of a dimension or prop, and what is left.' })
      .input(breakdownInput)
      .output(breakdownAnswer)
      .query(async ({ ctx, input }) =>
        askBreakdown(ctx.reports, await resolveScope(ctx.reports, ctx.siteId, input), input),
      ),
    daily: viewer
      .meta({ question: 'What each day of a period comes to.' })
      .input(dailyInput)
      .output(dailyAnswer)
      .query(async ({ ctx, input }) => askDaily(ctx.reports, await resolveScope(ctx.reports, ctx.siteId, input))),
    business: viewer
      .meta({ question: 'How the site is doing now: totals, the last day, hour and minutes, and what is on top.' })
      .input(businessInput)
      .output(businessAnswer)
      .query(({ ctx, input }) => businessOf(ctx.reports).ask(ctx.siteId, input.timeZone)),
    businessHistory: viewer
      .meta({ question: 'What `stats.business` has answered before, the latest first.' })
      .input(businessHistoryInput)
      .output(businessHistoryAnswer)
      .query(async ({ ctx, input }) => ({
        snapshots: await listBusinessAnswers(ctx.reports.prisma, ctx.siteId, input),
      })),
  };
}
