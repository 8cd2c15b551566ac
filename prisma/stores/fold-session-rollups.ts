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

const STARTED: Readonly<Record<SessionGrain, string>> = {
  day: `(s.started_at AT TIME ZONE 'UTC')::date`,
  month: `date_trunc('month', s.started_at AT TIME ZONE 'UTC')::date`,
};

/** CTE `differences`: what each session adds as it `became`, and takes away as it `was`, by one dimension at a time. */
export function sessionDifferences(dimensions: readonly string[]): string {
  const spread = ["('', '')", ...dimensions.map((dimension) => `('${dimension}', s.${dimension})`)];
  const columns = SESSION_COLUMNS.join(', ');
  return `differences AS MATERIALIZED (
  SELECT s.site_id, d.dimension, coalesce(d.value, '') AS value, s.is_bot,
    ${STARTED.day} AS day, ${STARTED.month} AS month,
    ${MEASURES.map(([name, of]) => `s.sign * ${of} AS ${name}`).join(', ')}
  FROM (SELECT 1 AS sign, ${columns} FROM became UNION ALL SELECT -1, ${columns} FROM was) s
  CROSS JOIN LATERAL (VALUES ${spread.join(', ')}) AS d (dimension, value)
)`;
}

/** Adds the differences to a table; answers with the cells it wrote. What comes to nothing is not written. */
export function addSessions(table: string, grain: SessionGrain): string {
  const names = MEASURES.map(([name]) => name);
  return `INSERT INTO ${table} AS model (site_id, dimension, ${grain}, value, is_bot, ${names.join(', ')})
  SELECT site_id, dimension, ${grain}, value, is_bot, ${names.map((name) => `sum(${name})`).join(', ')}
  FROM differences GROUP BY 1, 2, 3, 4, 5
  HAVING ${names.map((name) => `sum(${name}) <> 0`).join(' OR ')}
  ON CONFLICT (site_id, dimension, ${grain}, value, is_bot) DO UPDATE
  SET ${names.map((name) => `${name} = model.${name} + excluded.${name}`).join(', ')}
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
