import type { PreviewSegmentAnswer, Segment } from '@tallymark/contract/reports/segments';
import type { StoredSegment } from '@tallymark/prisma/stores/segments';
import { countVisitors } from './count-visitors.ts';
import type { ReportDeps } from './report-deps.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { standardError } from './sampling-error.ts';
import { answered } from './scope-answer.ts';
import { typeTotals } from './type-totals.ts';

const PREVIEW_MS = 7 * 86_400_000;

/** The period of a preview, as times of a scope. */
export function previewPeriod(now: Date): { readonly from: string; readonly to: string } {
  return { from: new Date(now.getTime() - PREVIEW_MS).toISOString(), to: now.toISOString() };
}

/** How many events and visitors a scope holds. @throws ReportError `too_expensive` */
export function askSegmentPreview({ reports }: ReportDeps, scope: QuestionScope): Promise<PreviewSegmentAnswer> {
  return reports.answer('stats.segments.preview', async (db) => {
    const totals = await typeTotals(db, scope);
    const standard = await standardError(db, scope, null);
    return {
      scope: answered(scope),
      events: {
        value: totals.reduce((sum, { events }) => sum + events, 0),
        error: standard > 0 ? { standard, reason: 'sampling' as const } : null,
      },
      visitors: await countVisitors(db, scope),
    };
  });
}

/** A segment as answers tell it. */
export const toldSegment = ({ createdAt, updatedAt, ...segment }: StoredSegment): Segment => ({
  ...segment,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});
