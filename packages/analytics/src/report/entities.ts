import type { EntitiesAnswer, EntitiesAsked } from '@tallymark/contract/reports/entities';
import {
  ENTITY_OTHER,
  ENTITY_TOTAL,
  type EntityTypeSums,
  entityPlace,
  entityTypePlace,
  entityTypesStatement,
  readEntityTypes,
  readTopEntities,
  type TopEntityRow,
  topEntitiesStatement,
  typePlace,
} from '@tallymark/prisma/stores/report-entities';
import type { EntitySelection } from '@tallymark/prisma/stores/report-entity-parts';
import { entityErrors, worthOf } from './entity-errors.ts';
import { piecesOf } from './pieces-of.ts';
import type { ReportReader } from './report-database.ts';
import type { ReportDeps } from './report-deps.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { answered } from './scope-answer.ts';

const NARROW = 'Ask for a shorter period, or without the filter.';

/**
 * The entities of a type that most happened to, with what it was.
 * @throws ReportError `too_expensive` for a filter over more facts than may be read.
 */
export function askEntities(deps: ReportDeps, scope: QuestionScope, asked: EntitiesAsked): Promise<EntitiesAnswer> {
  return deps.reports.answer('stats.entities', async (db) => {
    const all: EntitySelection = { scope, entityType: asked.entityType, entityIds: null };
    const top = await readTop(db, all, asked);
    const named = top.flatMap((row) => (row.kind === 'entity' ? row : []));
    const types = top.flatMap((row) => (row.kind === 'type' ? row : []));
    const sumOf = (of: 'all' | 'other') => top.find(({ kind }) => kind === of) ?? { events: 0, value: 0, members: 0 };
    const total = sumOf('all');
    const shown = named.map(({ name }) => name);
    const details = await readDetails(db, { ...all, entityIds: shown });
    const errors = await entityErrors(db, all, { eventTypes: types.map(({ name }) => name), shown, starts: [] });
    return {
      scope: answered(scope),
      rows: named.map((row, at) => ({
        entityId: row.name,
        ...worthOf(row, errors, entityPlace(at)),
        byType: Object.fromEntries(
          (details.get(row.name) ?? []).map((one) => [
            one.eventType,
            worthOf(one, errors, entityTypePlace(at, one.eventType)),
          ]),
        ),
      })),
      other: worthOf(sumOf('other'), errors, ENTITY_OTHER),
      total: { entities: total.members, ...worthOf(total, errors, ENTITY_TOTAL) },
      types: types.map((row) => ({ eventType: row.name, ...worthOf(row, errors, typePlace(row.name)) })),
    };
  });
}

async function readTop(
  db: ReportReader,
  selection: EntitySelection,
  { eventType, sort, limit }: EntitiesAsked,
): Promise<TopEntityRow[]> {
  const { scope } = selection;
  const statement = topEntitiesStatement(selection, piecesOf(scope), { eventType: eventType ?? null, sort, limit });
  if (scope.filter.length > 0) await db.afford(statement.sql, statement.parameters, NARROW);
  return readTopEntities(db, statement);
}

/** By entity. */
async function readDetails(db: ReportReader, selection: EntitySelection): Promise<Map<string, EntityTypeSums[]>> {
  const details = new Map<string, EntityTypeSums[]>();
  if (selection.entityIds?.length === 0) return details;
  for (const row of await readEntityTypes(db, entityTypesStatement(selection, piecesOf(selection.scope)))) {
    details.set(row.entityId, [...(details.get(row.entityId) ?? []), row]);
  }
  return details;
}
