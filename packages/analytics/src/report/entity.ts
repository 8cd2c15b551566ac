import type { EntityAnswer } from '@tallymark/contract/reports/entities';
import {
  ENTITY_TOTAL,
  type EntityBucket,
  entityBucketPlace,
  entityBucketsStatement,
  readEntityBuckets,
  typePlace,
} from '@tallymark/prisma/stores/report-entities';
import type { EntitySelection } from '@tallymark/prisma/stores/report-entity-parts';
import { entityErrors, worthOf } from './entity-errors.ts';
import { dailyPiecesOf } from './pieces-of.ts';
import type { ReportDeps } from './report-deps.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { answered } from './scope-answer.ts';
import { timeBuckets } from './time-buckets.ts';

/** What happened to one entity, day by day. @throws ReportError `too_expensive` */
export function askEntity(
  deps: ReportDeps,
  scope: QuestionScope,
  { entityType, entityId }: { readonly entityType: string; readonly entityId: string },
): Promise<EntityAnswer> {
  return deps.reports.answer('stats.entity', async (db) => {
    const selection: EntitySelection = { scope, entityType, entityIds: [entityId] };
    const starts = (await timeBuckets(db, scope, 'day')).map(({ start }) => start);
    const statement = entityBucketsStatement(selection, dailyPiecesOf(scope, starts), starts);
    await db.afford(statement.sql, statement.parameters, 'Ask for a shorter period.');
    const cells = await readEntityBuckets(db, statement);
    const types = [...new Set(cells.map(({ eventType }) => eventType))];
    const errors = await entityErrors(db, selection, { eventTypes: types, shown: [], starts });
    const ofType = (type: string) => sum(cells.filter(({ eventType }) => eventType === type));
    const byDay = new Map<number, EntityBucket[]>();
    for (const cell of cells) byDay.set(cell.bucket, [...(byDay.get(cell.bucket) ?? []), cell]);
    return {
      scope: answered(scope),
      total: worthOf(sum(cells), errors, ENTITY_TOTAL),
      types: types
        .map((eventType) => ({ eventType, ...worthOf(ofType(eventType), errors, typePlace(eventType)) }))
        .sort((a, b) => b.events.value - a.events.value || (a.eventType < b.eventType ? -1 : 1)),
      days: starts.map((start, at) => ({
        start: start.toISOString(),
        ...worthOf(sum(byDay.get(at) ?? []), errors, entityBucketPlace(at)),
      })),
    };
  });
}

const sum = (cells: readonly EntityBucket[]) =>
  cells.reduce((all, { events, value }) => ({ events: all.events + events, value: all.value + value }), {
    events: 0,
    value: 0,
  });
