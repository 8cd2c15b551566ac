import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import type { CountedPieces } from './counted-parts.ts';
import { bucketOf } from './report-bucket-of.ts';
import { type EntitySelection, entityFacts, entityParts, entitySums } from './report-entity-parts.ts';
import { type ReportStatement, UNIT_OF_FACT, variancesSql } from './report-placed-variance.ts';
import { SqlParams } from './sql-params.ts';

const sums = { events: z.number(), value: z.number() };
const SUMS = 'coalesce(sum(events), 0)::float8 AS events, coalesce(sum(value), 0)::float8 AS value';

const topRow = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('entity'), name: z.string(), members: z.number(), ...sums }),
  z.object({ kind: z.literal('type'), name: z.string(), members: z.number(), ...sums }),
  z.object({ kind: z.enum(['all', 'other']), name: z.null(), members: z.number(), ...sums }),
]);
export type TopEntityRow = z.infer<typeof topRow>;

/**
 * The statement for the first entities in order (kind `entity`), the sums by event type (`type`, the most frequent first),
 * all entities together (`all`), and those that are not among the first (`other`). In order of all types, or of one.
 */
export function topEntitiesStatement(
  selection: EntitySelection,
  pieces: CountedPieces,
  asked: { readonly eventType: string | null; readonly sort: 'events' | 'value'; readonly limit: number },
): ReportStatement {
  const params = new SqlParams();
  const most = params.add(asked.limit, 'int');
  const { eventType, sort } = asked;
  const ofType = eventType === null ? `''` : params.add(eventType, 'text');
  const sql = `WITH sums AS MATERIALIZED (
      SELECT entity_id, event_type, ${SUMS}
      FROM (${entitySums(params, selection, pieces, eventType)}) AS parts GROUP BY 1, 2
    ), entities AS MATERIALIZED (
      SELECT entity_id, sum(events) FILTER (WHERE event_type = '') AS events,
             sum(value) FILTER (WHERE event_type = '') AS value, sum(${sort}) FILTER (WHERE event_type = ${ofType}) AS rank
      FROM sums WHERE entity_id <> '' GROUP BY 1
    ), top AS (
      SELECT * FROM entities WHERE rank IS NOT NULL ORDER BY rank DESC, entity_id COLLATE "C" LIMIT ${most}
    ), answer AS (
      SELECT 'entity' AS kind, entity_id AS name, 1 AS members, rank, events, value FROM top
      UNION ALL SELECT 'type', event_type, 1, events, events, value FROM sums WHERE entity_id = ''
      UNION ALL SELECT 'all', NULL, count(*), 0, ${SUMS} FROM entities
      UNION ALL SELECT 'other', NULL, count(*), 0, ${SUMS} FROM entities
        WHERE entity_id NOT IN (SELECT entity_id FROM top)
    )
    SELECT kind, name, members::float8 AS members, events, value FROM answer ORDER BY kind, rank DESC, name COLLATE "C"`;
  return { sql, parameters: params.values };
}

export async function readTopEntities(db: SqlExecutor, { sql, parameters }: ReportStatement): Promise<TopEntityRow[]> {
  return z.array(topRow).parse(await db.$queryRawUnsafe(sql, ...parameters));
}

const entityTypeSums = z.object({ entityId: z.string(), eventType: z.string(), ...sums });
export type EntityTypeSums = z.infer<typeof entityTypeSums>;

/** The statement for the sums of a few entities by event type. */
export function entityTypesStatement(selection: EntitySelection, pieces: CountedPieces): ReportStatement {
  const params = new SqlParams();
  const sql = `SELECT entity_id AS "entityId", event_type AS "eventType", ${SUMS}
    FROM (${entityParts(params, selection, pieces)}) AS parts GROUP BY 1, 2`;
  return { sql, parameters: params.values };
}

export async function readEntityTypes(
  db: SqlExecutor,
  { sql, parameters }: ReportStatement,
): Promise<EntityTypeSums[]> {
  return z.array(entityTypeSums).parse(await db.$queryRawUnsafe(sql, ...parameters));
}

const entityBucket = z.object({ bucket: z.int(), eventType: z.string(), ...sums });
export type EntityBucket = z.infer<typeof entityBucket>;

/** The statement for the sums from each of `starts` to the next by event type, where there are any. */
export function entityBucketsStatement(
  selection: EntitySelection,
  pieces: CountedPieces,
  starts: readonly Date[],
): ReportStatement {
  const params = new SqlParams();
  const sql = `SELECT ${bucketOf(params, 'at', starts)} AS bucket, event_type AS "eventType", ${SUMS}
    FROM (${entityParts(params, selection, pieces)}) AS parts GROUP BY 1, 2`;
  return { sql, parameters: params.values };
}

export async function readEntityBuckets(
  db: SqlExecutor,
  { sql, parameters }: ReportStatement,
): Promise<EntityBucket[]> {
  return z.array(entityBucket).parse(await db.$queryRawUnsafe(sql, ...parameters));
}

export const ENTITY_MEASURES = ['events', 'value'] as const;

/** Places of variances. An entity is named by where it is in the list of those that have a row. */
export const ENTITY_TOTAL = 'total';
export const ENTITY_OTHER = 'other';
export const typePlace = (eventType: string) => `type ${eventType}`;
export const entityPlace = (at: number) => `entity ${at}`;
export const entityTypePlace = (at: number, eventType: string) => `entity ${at} ${eventType}`;
export const entityBucketPlace = (bucket: number) => `bucket ${bucket}`;

/** The statement for the variances of total, types, entities that have a row and those that have none, and buckets. */
export function entityVariancesStatement(
  selection: EntitySelection,
  {
    eventTypes,
    shown,
    starts,
  }: { readonly eventTypes: readonly string[]; readonly shown: readonly string[]; readonly starts: readonly Date[] },
): ReportStatement {
  const params = new SqlParams();
  const where = `f.sampling_unit IS NOT NULL AND f.event_type = ANY (${params.add([...eventTypes], 'text[]')})`;
  const sampled = entityFacts(params, selection, selection.scope, { more: `, ${UNIT_OF_FACT}`, where });
  const entity = `'entity ' || (shown.number - 1)`;
  const bucket = starts.length === 0 ? '' : `, ('bucket ' || ${bucketOf(params, 'at', starts)})`;
  const placed = `SELECT places.place, unit, p, events, value FROM (${sampled}) AS sampled
    LEFT JOIN unnest(${params.add([...shown], 'text[]')}) WITH ORDINALITY AS shown (id, number) ON shown.id = sampled.entity_id
    CROSS JOIN LATERAL (VALUES
      ('${ENTITY_TOTAL}'), ('type ' || event_type), (coalesce(${entity}, '${ENTITY_OTHER}')), (${entity} || ' ' || event_type)
      ${bucket}) AS places (place)
    WHERE places.place IS NOT NULL`;
  return { sql: variancesSql(placed, ENTITY_MEASURES), parameters: params.values };
}
