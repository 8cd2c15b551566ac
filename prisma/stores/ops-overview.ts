import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

/** More are not worth the look. */
const MOST_COUNTED = 100_000;

const overview = z.object({
  counted: z.number(),
  awaitingEnrichment: z.number(),
  happenedLastHour: z.number(),
  happenedLastDay: z.number(),
  databaseBytes: z.number(),
  at: z.date(),
});
export type OverviewRow = z.infer<typeof overview>;

/** What is counted and what waits; rows of events in all. `at` is the database's clock, `now` the one that events have. */
export async function readOpsOverview(db: SqlExecutor, now: Date): Promise<OverviewRow> {
  const since = `date_bin('15 minutes', $1::timestamptz - $2::interval, timestamptz '2000-01-01T00:00:00Z')`;
  const happened = (
    interval: '$2' | '$3',
  ) => `(SELECT coalesce(sum(recent.stored), 0)::float8 FROM sites s CROSS JOIN LATERAL (
      SELECT c.stored FROM site_counts c
      WHERE c.site_id = s.id AND c.quarter >= ${since.replace('$2', interval)} AND c.quarter <= $1::timestamptz) AS recent)`;
  // The sums by day are those by quarter of an hour, in a hundredth of the rows.
  const rows = await db.$queryRawUnsafe(
    `SELECT (SELECT coalesce(sum(stored), 0)::float8 FROM daily_stats) AS counted,
            (SELECT count(*)::float8 FROM (SELECT FROM enrichment_backlog LIMIT ${MOST_COUNTED}) AS b) AS "awaitingEnrichment",
            ${happened('$2')} AS "happenedLastHour", ${happened('$3')} AS "happenedLastDay",
            pg_database_size(current_database())::float8 AS "databaseBytes", clock_timestamp() AS at`,
    now.toISOString(),
    '1 hour',
    '1 day',
  );
  return z.tuple([overview]).parse(rows)[0];
}

const MINUTE = '60 seconds';
const MOST_LOG_ROWS = 50_000;

const stored = z.tuple([z.object({ events: z.number(), rows: z.number(), oldest: z.boolean() })]);

/**
 * Rows of events written within the last minute, as the newest rows of the log tell: it has no index on times. Null where
 * the minute has more rows than are looked at. A transaction that was open for longer is left out.
 */
export async function storedLastMinute(db: SqlExecutor): Promise<number | null> {
  const rows = await db.$queryRawUnsafe(
    `SELECT coalesce(sum(cardinality(event_ids)) FILTER (WHERE kind = 'stored' AND recent), 0)::float8 AS events,
            count(*)::float8 AS rows, coalesce(bool_and(recent), true) AS oldest
     FROM (SELECT kind, event_ids, logged_at > now() - $1::interval AS recent
           FROM event_log ORDER BY xid DESC, id DESC LIMIT ${MOST_LOG_ROWS}) AS newest`,
    MINUTE,
  );
  const [found] = stored.parse(rows);
  return found.rows === MOST_LOG_ROWS && found.oldest ? null : found.events;
}
