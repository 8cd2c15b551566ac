import {
  MOST_SEGMENTS,
  previewSegmentAnswer,
  previewSegmentInput,
  removedSegment,
  removeSegmentInput,
  saveSegmentInput,
  segment,
  segmentsAnswer,
  segmentsInput,
  updateSegmentInput,
} from '@tallymark/contract/reports/segments';
import { changeSegment, insertSegment, listSegments, removeSegment } from '@tallymark/prisma/stores/segments';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { TRPCError } from '@trpc/server';
import { ReportError } from '../report/report-error.ts';
import { resolveScope } from '../report/resolve-scope.ts';
import { askSegmentPreview, previewPeriod, toldSegment } from '../report/segments.ts';
import { checkFilter } from '../report/segments-filter.ts';
import { siteProcedure } from './report-procedure.ts';
import { router } from './trpc.ts';

/** Saved filters of a site, which every question takes by their id. Viewers see them, editors save them. */
export function segmentProcedures() {
  return {
    segments: router({
      list: siteProcedure('viewer')
        .meta({ question: 'The saved filters of a site, by name.' })
        .input(segmentsInput)
        .output(segmentsAnswer)
        .query(async ({ ctx }) => ({
          segments: (await listSegments(ctx.reports.prisma, ctx.siteId)).map(toldSegment),
        })),

      preview: siteProcedure('viewer')
        .meta({ question: 'How many events and visitors of the last seven days a filter or a segment holds.' })
        .input(previewSegmentInput)
        .output(previewSegmentAnswer)
        .query(async ({ ctx, input }) => {
          checkFilter(ctx.reports.plan, input.filter);
          const period = previewPeriod(ctx.reports.now());
          const scope = await resolveScope(ctx.reports, ctx.siteId, { ...input, ...period, timeZone: 'UTC' });
          return askSegmentPreview(ctx.reports, scope);
        }),

      save: siteProcedure('editor')
        .input(saveSegmentInput)
        .output(segment)
        .mutation(async ({ ctx, input: { name, filter } }) => {
          const { prisma, plan, now } = ctx.reports;
          checkFilter(plan, filter);
          const at = now();
          const createdBy = ctx.requestContext.session?.userId ?? '';
          const saved = await insertSegment(
            prisma,
            { id: uuidV7(at.getTime()), siteId: ctx.siteId, name, filter, createdBy, at },
            MOST_SEGMENTS,
          );
          if (saved === 'taken') throw nameTaken(name);
          if (saved === 'full') {
            throw new TRPCError({
              code: 'CONFLICT',
              message: `The site has ${MOST_SEGMENTS} segments, as many as there may be. Remove one first.`,
            });
          }
          return toldSegment(saved);
        }),

      update: siteProcedure('editor')
        .input(updateSegmentInput)
        .output(segment)
        .mutation(async ({ ctx, input: { id, name = null, filter = null } }) => {
          const { prisma, plan, now } = ctx.reports;
          if (filter) checkFilter(plan, filter);
          const changed = await changeSegment(prisma, { id, siteId: ctx.siteId, name, filter, at: now() });
          if (changed === 'taken') throw nameTaken(name ?? '');
          if (changed === null) throw noSegment();
          return toldSegment(changed);
        }),

      remove: siteProcedure('editor')
        .input(removeSegmentInput)
        .output(removedSegment)
        .mutation(async ({ ctx, input: { id } }) => {
          if (!(await removeSegment(ctx.reports.prisma, ctx.siteId, id))) throw noSegment();
          return { id };
        }),
    }),
  };
}

const nameTaken = (name: string) =>
  new TRPCError({ code: 'CONFLICT', message: `The site has a segment "${name}" already. Choose another name.` });

const noSegment = () => {
  const cause = new ReportError('unknown_segment', 'The site has no such segment.');
  return new TRPCError({ code: 'NOT_FOUND', message: cause.message, cause });
};
