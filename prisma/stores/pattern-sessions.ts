import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import type { PatternScope } from './pattern-visitors.ts';

const sessionRows = z.array(z.object({ converted: z.boolean(), pages: z.array(z.string()) }));
export type SessionPages = z.infer<typeof sessionRows>[number];

const MOST_PAGES = 50;

/** The pages of people's sessions in order; of more than `most` sessions those that chance picks, always the same. */
export async function readPatternSessions(
  db: SqlExecutor,
  { siteId, from, to }: PatternScope,
  most: number,
): Promise<SessionPages[]> {
  const rows = await db.$queryRawUnsafe(
    `WITH picked AS MATERIALIZED (
       SELECT id, conversions > 0 AS converted FROM sessions
       WHERE site_id = $1::uuid AND started_at >= $2::timestamptz AND started_at < $3::timestamptz AND NOT is_bot
       ORDER BY hashtext(id::text), id LIMIT $4)
     SELECT p.converted, (array_agg(f.page ORDER BY f.occurred_at, f.id))[1:${MOST_PAGES}] AS pages
     FROM picked p JOIN event_facts f ON f.session_id = p.id
     WHERE f.site_id = $1::uuid AND f.occurred_at >= $2::timestamptz AND f.occurred_at < $3::timestamptz + interval '1 day'
       AND f.page IS NOT NULL
     GROUP BY p.id, p.converted`,
    siteId,
    from.toISOString(),
    to.toISOString(),
    most,
  );
  return sessionRows.parse(rows);
}
