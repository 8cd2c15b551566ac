import type { Dimension, SessionDimension } from '@tallymark/contract/reports/dimensions';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { type CountedPieces, countedParts } from './counted-parts.ts';
import { botCondition, type FactScope, withinScope } from './fact-scope.ts';
import { SqlParams } from './sql-params.ts';

export interface BreakdownStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

const row = z.object({ name: z.string(), value: z.number(), total: z.number(), other: z.number() });
export type BreakdownRow = z.infer<typeof row>;

/** The most first, each beside the total of all and what is in no row. */
export async function readBreakdown(db: SqlExecutor, { sql, parameters }: BreakdownStatement): Promise<BreakdownRow[]> {
  return z.array(row).parse(await db.$queryRawUnsafe(sql, ...parameters));
}

/** Of rows (name, n): sums by name. */
export const topOfSums = (rows: string, limit: string) => `
  WITH sums AS MATERIALIZED (
    SELECT coalesce(name, '') AS name, sum(n)::float8 AS value FROM (${rows}) AS parts (name, n) GROUP BY 1
  ), top AS (SELECT name, value FROM sums ORDER BY value DESC, name LIMIT ${limit})
  SELECT name, value, all_of_them.total, all_of_them.total - (SELECT sum(value) FROM top) AS other
  FROM top CROSS JOIN (SELECT sum(value)::float8 AS total FROM sums) AS all_of_them ORDER BY value DESC, name`;

/** Of rows (name, who): distinct ones by name. One may be in several rows, and both in a row and among the others. */
export const topOfDistinct = (rows: string, limit: string) => `
  WITH cells AS MATERIALIZED (
    SELECT DISTINCT coalesce(name, '') AS name, who FROM (${rows}) AS parts (name, who)
  ), top AS (SELECT name, count(*)::float8 AS value FROM cells GROUP BY name ORDER BY 2 DESC, 1 LIMIT ${limit})
  SELECT name, value, (SELECT count(DISTINCT who) FROM cells)::float8 AS total,
    (SELECT count(DISTINCT who) FROM cells WHERE name NOT IN (SELECT name FROM top))::float8 AS other
  FROM top ORDER BY value DESC, name`;

export interface ByDimension {
  readonly pieces: CountedPieces;
  readonly by: Dimension | 'event_type';
  readonly sum: 'events' | 'value';
  readonly eventTypes: readonly string[] | null;
  readonly limit: number;
}

/** Events or their value by a dimension, from what is counted by day and month. */
export function dimensionStatement(
  scope: FactScope,
  { pieces, by, sum, eventTypes, limit }: ByDimension,
): BreakdownStatement {
  const params = new SqlParams();
  // Any dimension tells the types; this one has the fewest values.
  const parts = countedParts(params, scope, { pieces, dimension: by === 'event_type' ? 'source' : by, eventTypes });
  const rows = `SELECT ${by === 'event_type' ? 'event_type' : 'value'}, ${sum === 'events' ? 'events' : 'amount'}
    FROM (${parts}) AS counted (event_type, value, events, stored, amount)`;
  return { sql: topOfSums(rows, params.add(limit, 'int')), parameters: params.values };
}

export interface ByEntity extends Omit<ByDimension, 'by'> {
  readonly entityType: string;
}

/** The same by the entities of one type. */
export function entityStatement(
  scope: FactScope,
  { pieces, entityType, sum, eventTypes, limit }: ByEntity,
): BreakdownStatement {
  const params = new SqlParams();
  const ofType = params.add(entityType, 'text');
  const types = (alias: string) =>
    eventTypes === null ? [] : [`${alias}.event_type = ANY (${params.add([...eventTypes], 'text[]')})`];
  const summed = (grain: 'month' | 'day') =>
    pieces[`${grain}s`].map(({ from, to }) => {
      const conditions = [
        `c.site_id = ${params.add(scope.siteId, 'uuid')} AND c.entity_type = ${ofType}`,
        `c.${grain} >= ${params.add(from.toISOString().slice(0, 10), 'date')}`,
        `c.${grain} < ${params.add(to.toISOString().slice(0, 10), 'date')}`,
        ...botCondition(scope.bots, 'c'),
        // Months have sums beside each entity and type by itself.
        ...(grain === 'month' ? [`c.entity_id <> ''`] : []),
        ...(grain === 'month' && eventTypes === null ? [`c.event_type = ''`] : types('c')),
      ];
      return `SELECT c.entity_id, c.${sum} FROM entity_${grain}s c WHERE ${conditions.join(' AND ')}`;
    });
  const amount = sum === 'events' ? 'f.weight' : 'coalesce(f.value, 0) * f.weight';
  const rests = pieces.rests.map(({ from, to }) => {
    const conditions = [withinScope(params, { ...scope, from, to }), `f.entity_type = ${ofType}`, ...types('f')];
    return `SELECT f.entity_id, ${amount} FROM event_facts f WHERE ${conditions.join(' AND ')} AND f.entity_id <> ''`;
  });
  const rows = [...summed('month'), ...summed('day'), ...rests].join(' UNION ALL ');
  return { sql: topOfSums(rows, params.add(limit, 'int')), parameters: params.values };
}

/** Sessions that began in the pieces by what their first event said; with a filter, those with an event that meets it. */
export function sessionsByStatement(
  scope: FactScope,
  { pieces, by, limit }: { readonly pieces: CountedPieces; readonly by: SessionDimension; readonly limit: number },
): BreakdownStatement {
  const params = new SqlParams();
  const site = params.add(scope.siteId, 'uuid');
  const summed = (grain: 'day' | 'month') =>
    pieces[`${grain}s`].map(({ from, to }) =>
      [
        `SELECT s.value, s.sessions FROM session_${grain}s s WHERE s.site_id = ${site}`,
        `s.dimension = ${params.add(by, 'text')}`,
        `s.${grain} >= ${params.add(from.toISOString().slice(0, 10), 'date')}`,
        `s.${grain} < ${params.add(to.toISOString().slice(0, 10), 'date')}`,
        ...botCondition(scope.bots, 's'),
      ].join(' AND '),
    );
  const met = () =>
    `s.id IN (SELECT f.session_id FROM event_facts f WHERE f.session_id IS NOT NULL AND ${withinScope(params, scope)})`;
  const rests = pieces.rests.map(({ from, to }) =>
    [
      `SELECT s.${by}, 1 FROM sessions s WHERE s.site_id = ${site}`,
      `s.started_at >= ${params.add(from.toISOString(), 'timestamptz')}`,
      `s.started_at < ${params.add(to.toISOString(), 'timestamptz')}`,
      ...botCondition(scope.bots, 's'),
      ...(scope.filter.length > 0 ? [met()] : []),
    ].join(' AND '),
  );
  const rows = [...summed('month'), ...summed('day'), ...rests].join(' UNION ALL ');
  return { sql: topOfSums(rows, params.add(limit, 'int')), parameters: params.values };
}
