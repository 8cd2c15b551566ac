import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { botCondition, type FactScope, withinScope } from './fact-scope.ts';
import { SESSION_MEASURES } from './fold-session-rollups.ts';
import { SqlParams } from './sql-params.ts';

interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** A period cut into whole UTC months, whole UTC days and rests. */
export interface SessionPieces {
  readonly months: readonly Period[];
  readonly days: readonly Period[];
  readonly rests: readonly Period[];
}

const sessionSums = z.object({
  sessions: z.number(),
  /** With exactly one stored event. */
  bounces: z.number(),
  /** With a conversion. */
  converted: z.number(),
  pageViews: z.number(),
  /** From the first event of each to its last. */
  seconds: z.number(),
});
export type SessionSums = z.infer<typeof sessionSums>;

export interface SessionStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

type ScopeOfAll = Pick<FactScope, 'siteId' | 'bots'>;

/** Sums over the sessions that began in the pieces: from sums by month and by day, and from sessions for the rests. */
export async function sumSessions(
  db: SqlExecutor,
  scope: ScopeOfAll,
  { months, days, rests }: SessionPieces,
): Promise<SessionSums> {
  const params = new SqlParams();
  const pieces = [
    ...months.map((period) => summed(params, scope, 'month', period)),
    ...days.map((period) => summed(params, scope, 'day', period)),
    ...rests.map((period) => `SELECT ${measures} FROM sessions s WHERE ${began(params, scope, period)}`),
  ];
  if (pieces.length === 0) return { sessions: 0, bounces: 0, converted: 0, pageViews: 0, seconds: 0 };
  return readSums(db, { sql: `${TOTAL} FROM (${pieces.join(' UNION ALL ')}) AS s`, parameters: params.values });
}

/** The statement for the same over sessions that began in the period of a scope and have a fact within it. */
export function filteredSumsStatement(scope: FactScope): SessionStatement {
  const params = new SqlParams();
  const sql = `${TOTAL} FROM (
    SELECT ${measures} FROM sessions s
    WHERE ${began(params, scope, scope)}
      AND s.id IN (SELECT f.session_id FROM event_facts f
                   WHERE f.session_id IS NOT NULL AND ${withinScope(params, scope)})) AS s`;
  return { sql, parameters: params.values };
}

export async function readSums(db: SqlExecutor, { sql, parameters }: SessionStatement): Promise<SessionSums> {
  return z.tuple([sessionSums]).parse(await db.$queryRawUnsafe(sql, ...parameters))[0];
}

/** Sessions that began within a day before a moment, and went on at it or after it. */
export async function countSessionsGoingOn(db: SqlExecutor, scope: ScopeOfAll, moment: Date): Promise<number> {
  const params = new SqlParams();
  const dayBefore = { from: new Date(moment.getTime() - LONGEST_MS), to: moment };
  const sql = `SELECT count(*)::float8 AS sessions FROM sessions s
    WHERE ${began(params, scope, dayBefore)} AND s.ended_at >= ${params.add(moment.toISOString(), 'timestamptz')}`;
  return readCount(db, { sql, parameters: params.values });
}

/** The statement that counts the sessions of the facts within a scope. */
export function filteredSessionsStatement(scope: FactScope): SessionStatement {
  const params = new SqlParams();
  const sql = `SELECT count(*)::float8 AS sessions FROM (
    SELECT DISTINCT f.session_id FROM event_facts f
    WHERE f.session_id IS NOT NULL AND ${withinScope(params, scope)}) AS s`;
  return { sql, parameters: params.values };
}

export async function readCount(db: SqlExecutor, { sql, parameters }: SessionStatement): Promise<number> {
  const rows = await db.$queryRawUnsafe(sql, ...parameters);
  return z.tuple([z.object({ sessions: z.number() })]).parse(rows)[0].sessions;
}

const LONGEST_MS = 86_400_000;

const measures = Object.entries(SESSION_MEASURES)
  .map(([name, of]) => `(${of})::float8 AS ${name}`)
  .join(', ');

const TOTAL = `SELECT ${Object.keys(SESSION_MEASURES)
  .map((name) => `coalesce(sum(s.${name}), 0)::float8 AS ${name === 'page_views' ? '"pageViews"' : name}`)
  .join(', ')}`;

function summed(params: SqlParams, scope: ScopeOfAll, grain: 'day' | 'month', { from, to }: Period): string {
  const conditions = [
    `s.site_id = ${params.add(scope.siteId, 'uuid')} AND s.dimension = '' AND s.value = ''`,
    `s.${grain} >= ${params.add(from.toISOString().slice(0, 10), 'date')}`,
    `s.${grain} < ${params.add(to.toISOString().slice(0, 10), 'date')}`,
    ...botCondition(scope.bots, 's'),
  ];
  const columns = Object.keys(SESSION_MEASURES).map((name) => `s.${name}::float8`);
  return `SELECT ${columns.join(', ')} FROM session_${grain}s s WHERE ${conditions.join(' AND ')}`;
}

function began(params: SqlParams, scope: ScopeOfAll, { from, to }: Period): string {
  return [
    `s.site_id = ${params.add(scope.siteId, 'uuid')}`,
    `s.started_at >= ${params.add(from.toISOString(), 'timestamptz')}`,
    `s.started_at < ${params.add(to.toISOString(), 'timestamptz')}`,
    ...botCondition(scope.bots, 's'),
  ].join(' AND ');
}
