import type { TrackingPlan } from '@tallymark/contract/plan';
import { eventDetailAnswer, eventDetailInput } from '@tallymark/contract/reports/event-detail';
import {
  type ParsedSearchInput,
  type SearchInput,
  searchAnswer,
  searchInput,
} from '@tallymark/contract/reports/search';
import type { z } from 'zod';
import { askEventDetail } from '../report/event-detail.ts';
import { resolveScope } from '../report/resolve-scope.ts';
import { askSearch } from '../report/search.ts';
import { siteProcedure } from './report-procedure.ts';
import { router } from './trpc.ts';

/** Events one by one. Conditions on props are typed by the plan, and checked against it when they are asked. */
export function createEventsRouter<Plan extends TrackingPlan>(plan: Plan) {
  // The schema takes any prop; which there are, and what they hold, the plan tells the compiler and `askSearch`.
  const typedInput = searchInput as unknown as z.ZodType<ParsedSearchInput, SearchInput<Plan>>;

  return router({
    search: siteProcedure('viewer')
      .meta({
        question:
          'The events that meet conditions on type, service, entity, actor, visitor, session, time, props and filter, page ' +
          'by page, the newest first.',
      })
      .input(typedInput)
      .output(searchAnswer)
      .query(async ({ ctx, input }) => {
        const deps = { ...ctx.reports, plan };
        return askSearch(deps, await resolveScope(deps, ctx.siteId, input), input);
      }),

    byId: siteProcedure('viewer')
      .meta({
        question:
          'One event with its props, attribution, session and snapshot, and what happened before and after it in its session.',
      })
      .input(eventDetailInput)
      .output(eventDetailAnswer)
      .query(({ ctx, input }) => askEventDetail({ ...ctx.reports, plan }, ctx.siteId, input.id.toLowerCase())),
  });
}
