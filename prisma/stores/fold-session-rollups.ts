import type { SqlExecutor } from '../sql-executor.ts';
import { addByDayAndMonth, type DayMonthSums, dropEmptied } from './day-month-sums.ts';
import { SESSION_COLUMNS } from './fold-session-states.ts';

/**
 * What a session `s` adds to the sums over sessions. It bounced when one page was seen once and nothing converted; it
 * converted when any of its events is a conversion; it lasts from its first event to its last, in seconds.
 */
export const SESSION_MEASURES = {
  sessions: '1',
  bounces: '(s.page_views = 1 AND s.conversions = 0)::int',
  converted: '(s.conversions > 0)::int',
  page_views: 's.page_views',
  seconds: 'extract(epoch FROM s.ended_at - s.started_at)::float8',
} as const;

const MEASURES = Object.entries(SESSION_MEASURES);

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

/** Sums over sessions by the day and month that they began on. */
export function sessionSums({ days, months }: { readonly days: string; readonly months: string }): DayMonthSums {
  return {
    days,
    months,
    changes: 'by_day',
    keys: { site_id: 'uuid', dimension: 'text', value: 'text', is_bot: 'boolean' },
    sums: MEASURES.map(([name]) => name),
    holds: 'sessions',
  };
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
  const sums = sessionSums({ days, months });
  const answer = await tx.$queryRawUnsafe(
    `WITH was AS (
       DELETE FROM ${sessions} AS rebuilt USING ${live} AS kept
       WHERE kept.id = rebuilt.id AND kept.started_at < $1::timestamptz AND rebuilt.started_at >= $1::timestamptz
       RETURNING ${columns}
     ), became AS (
       SELECT * FROM was WHERE false
     ), ${sessionDifferences(dimensions)}, ${addByDayAndMonth(sums)}`,
    since.toISOString(),
  );
  await dropEmptied(tx, sums, answer);
}
