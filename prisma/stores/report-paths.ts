import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { type FactScope, withinScope } from './fact-scope.ts';
import { atPoint, type JourneyPoint } from './report-journey-conditions.ts';
import { SqlParams } from './sql-params.ts';

export interface PathsStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

const pathRows = z.tuple([
  z.object({
    /** Of `PATH_ROW_BYTES` each; null where there is none. */
    visited: z.instanceof(Uint8Array).nullable(),
    /** What codes stand for, from code 1 on. */
    labels: z.array(z.string()).nullable(),
    withoutSession: z.int(),
  }),
]);
export type PathRows = z.infer<typeof pathRows>[0];

/**
 * Facts, packed. Big-endian int32: bit 0, it is where paths begin; above it the code of its node, 0 where it is none.
 * `NEXT_SESSION` stands before the facts of each session.
 */
export const PATH_ROW_BYTES = 4;
export const NEXT_SESSION = -1;

/**
 * The statement for the facts of all sessions that were at a point: those that are nodes, and those that are the point.
 * Session after session, in the order of time and id.
 * @param pageTypes nodes are pages of events of these types; null: nodes are event types
 */
export function pathsStatement(
  scope: FactScope,
  point: JourneyPoint,
  pageTypes: readonly string[] | null,
): PathsStatement {
  const params = new SqlParams();
  const within = withinScope(params, scope);
  const at = atPoint(params, point);
  const isNode = pageTypes && `${atPoint(params, { eventTypes: pageTypes, page: null })} AND f.page IS NOT NULL`;
  const node = pageTypes ? `CASE WHEN ${isNode} THEN f.page END` : 'f.event_type';
  const sql = `WITH points AS MATERIALIZED (SELECT f.session_id FROM event_facts f WHERE ${within} AND ${at}),
    sessions AS MATERIALIZED (SELECT DISTINCT session_id FROM points WHERE session_id IS NOT NULL),
    visited AS MATERIALIZED (
      SELECT f.session_id, f.occurred_at, f.id, ${node} AS node, (${at}) IS TRUE AS is_point
      FROM event_facts f JOIN sessions USING (session_id)
      WHERE ${within} ${isNode ? `AND (${isNode} OR ${at})` : ''}),
    labels AS MATERIALIZED (
      SELECT node, row_number() OVER (ORDER BY node) AS code
      FROM (SELECT DISTINCT node FROM visited WHERE node IS NOT NULL) AS nodes)
    SELECT
      (SELECT string_agg(s.visited, '')
       FROM (SELECT int4send(${NEXT_SESSION}) || string_agg(
               int4send(coalesce(l.code, 0)::int * 2 + v.is_point::int), '' ORDER BY v.occurred_at, v.id) AS visited
             FROM visited v LEFT JOIN labels l USING (node) GROUP BY v.session_id) AS s) AS visited,
      (SELECT array_agg(node ORDER BY code) FROM labels) AS labels,
      (SELECT count(*)::int FROM points WHERE session_id IS NULL) AS "withoutSession"`;
  return { sql, parameters: params.values };
}

export async function readPaths(db: SqlExecutor, { sql, parameters }: PathsStatement): Promise<PathRows> {
  return pathRows.parse(await db.$queryRawUnsafe(sql, ...parameters))[0];
}
