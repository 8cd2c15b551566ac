import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { SESSION_COLUMNS } from './fold-session-states.ts';

/**
 * What a session `s` adds to the sums over sessions. It bounced when it has exactly one stored event, of whatever type; it
 * converted when any of its events is a conversion; it lasts from its first event to its last, in seconds.
 */
export const SESSION_MEASURES = {
  sessions: '1',
  bounces: '(s.stored = 1)::int',
  converted: '(s.conversions > 0)::int',
  page_views: 's.page_views',
  seconds: 'extract(epoch FROM s.ended_at - s.started_at)::float8',
} as const;

const MEASURES = Object.entries(SESSION_MEASURES);

/** Sums over sessions by the UTC day or month that they began on. */
export type SessionGrain = 'day' | 'month';

const NAMES = MEASURES.map(([name]) => name);
const SUMS = NAMES.map((name) => `sum(${name}) AS ${name}`).join(', ');
/** What comes to nothing is not written. */
const ANY = NAMES.map((name) => `sum(${name}) <> 0`).join(' OR ');

/** CTE `by_day`: what sessions add as they `became`, less what they did as they `was`, by one dimension at a time. */
export function sessionDifferences(dimensions: readonly string[]): string {
  const spread = ["('', '')", ...dimensions.map((dimension) => `('${dimension}', s.${dimension})`)];
  const columns = SESSION_COLUMNS.join(', ');
  return `by_day AS MATERIALIZED (
  SELECT s.site_id, d.dimension, (s.started_at AT TIME ZONE 'UTC')::date AS day, coalesce(d.value, '') AS value, s.is_bot,
    ${MEASURES.map(([name, of]) => `sum(s.sign * ${of}) AS ${name}`).join(', ')}
  FROM (SELECT 1 AS sign, ${columns} FROM became UNION ALL SELECT -1, ${columns} FROM was) s
  CROSS JOIN LATERAL (VALUES ${spread.join(', ')}) AS d (dimension, value)
  GROUP BY 1, 2, 3, 4, 5
  HAVING ${MEASURES.map(([, of]) => `sum(s.sign * ${of}) <> 0`).join(' OR ')}
)`;
}

/** Adds the differences to a table; answers with the cells it wrote. */
export function addSessions(table: string, grain: SessionGrain): string {
  return `INSERT INTO ${table} AS model (site_id, dimension, ${grain}, value, is_bot, ${NAMES.join(', ')})
  SELECT site_id, dimension, date_trunc('${grain}', day)::date, value, is_bot, ${SUMS}
  FROM by_day GROUP BY 1, 2, 3, 4, 5 HAVING ${ANY}
  ON CONFLICT (site_id, dimension, ${grain}, value, is_bot) DO UPDATE
  SET ${NAMES.map((name) => `${name} = model.${name} + excluded.${name}`).join(', ')}
  RETURNING '${grain}' AS grain, site_id::text, dimension, ${grain}::text AS starts_on, value, is_bot, sessions`;
}

export const sessionCell = z.object({
  grain: z.enum(['day', 'month']),
  site_id: z.string(),
  dimension: z.string(),
  starts_on: z.string(),
  value: z.string(),
  is_bot: z.boolean(),
});
export type SessionCell = z.infer<typeof sessionCell>;

/** Drops the cells, those of one grain, that no session is left in. */
export async function dropSessionCells(
  tx: SqlExecutor,
  table: string,
  grain: SessionGrain,
  cells: readonly SessionCell[],
): Promise<void> {
  const own = cells.filter((cell) => cell.grain === grain);
  if (own.length === 0) return;
  await tx.$executeRawUnsafe(
    `DELETE FROM ${table} AS model
     USING unnest($1::uuid[], $2::text[], $3::date[], $4::text[], $5::boolean[])
       AS cell (site_id, dimension, starts_on, value, is_bot)
     WHERE model.site_id = cell.site_id AND model.dimension = cell.dimension AND model.${grain} = cell.starts_on
       AND model.value = cell.value AND model.is_bot = cell.is_bot AND model.sessions = 0`,
    own.map((cell) => cell.site_id),
    own.map((cell) => cell.dimension),
    own.map((cell) => cell.starts_on),
    own.map((cell) => cell.value),
    own.map((cell) => cell.is_bot),
  );
}

/** Tables of a read model that is rebuilt, aside. */
export interface SessionShadows {
  /** The sessions that are read, of which the older ones are kept. */
  readonly live: string;
  readonly sessions: string;
  readonly days: string;
  readonly months: string;
}

/**
 * Takes sessions out of the sums of a rebuild that begin behind the border only because retention took their first facts:
 * as what they were they are kept, in the sums of the day and month they began on. Before older rows are kept.
 */
export async function leaveKeptSessions(
  tx: SqlExecutor,
  { live, sessions, days, months }: SessionShadows,
  dimensions: readonly string[],
  since: Date,
): Promise<void> {
  const columns = SESSION_COLUMNS.map((column) => `rebuilt.${column}`).join(', ');
  const answer = await tx.$queryRawUnsafe(
    `WITH was AS (
       DELETE FROM ${sessions} AS rebuilt USING ${live} AS kept
       WHERE kept.id = rebuilt.id AND kept.started_at < $1::timestamptz AND rebuilt.started_at >= $1::timestamptz
       RETURNING ${columns}
     ), became AS (
       SELECT * FROM was WHERE false
     ), ${sessionDifferences(dimensions)}, in_days AS (${addSessions(days, 'day')}), in_months AS (${addSessions(months, 'month')})
     SELECT * FROM in_days WHERE sessions = 0 UNION ALL SELECT * FROM in_months WHERE sessions = 0`,
    since.toISOString(),
  );
  const cells = z.array(sessionCell).parse(answer);
  await dropSessionCells(tx, days, 'day', cells);
  await dropSessionCells(tx, months, 'month', cells);
}
