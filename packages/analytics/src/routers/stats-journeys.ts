import { funnelAnswer, funnelInput } from '@tallymark/contract/reports/funnel';
import { pathsAnswer, pathsInput } from '@tallymark/contract/reports/paths';
import { retentionAnswer, retentionInput } from '@tallymark/contract/reports/retention';
import { askFunnel } from '../report/funnel.ts';
import { askPaths } from '../report/paths.ts';
import { resolveScope } from '../report/resolve-scope.ts';
import { askRetention } from '../report/retention.ts';
import { siteProcedure } from './report-procedure.ts';

/** What visitors do one after another. */
export function journeyProcedures() {
  return {
    funnel: siteProcedure('viewer')
      .meta({
        question:
          'How many visitors take steps one after another within a window, how long they take from one to the next, and ' +
          'where they are lost.',
      })
      .input(funnelInput)
      .output(funnelAnswer)
      .query(async ({ ctx, input }) =>
        askFunnel(ctx.reports, await resolveScope(ctx.reports, ctx.siteId, input), input),
      ),

    retention: siteProcedure('viewer')
      .meta({
        question: 'How many visitors come back, by the day, week or month in which they first came and the time since.',
      })
      .input(retentionInput)
      .output(retentionAnswer)
      .query(async ({ ctx, input }) =>
        askRetention(ctx.reports, await resolveScope(ctx.reports, ctx.siteId, input), input),
      ),

    paths: siteProcedure('viewer')
      .meta({
        question:
          'Which pages or events sessions go to after a page or an event, or come through before it, level by level.',
      })
      .input(pathsInput)
      .output(pathsAnswer)
      .query(async ({ ctx, input }) =>
        askPaths(ctx.reports, await resolveScope(ctx.reports, ctx.siteId, input), input),
      ),
  };
}
