import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { FACTS } from './projections.ts';

const projection = z.object({
  name: z.string(),
  change: z.number(),
  changesBehind: z.number(),
  secondsBehind: z.number(),
  folded: z.number(),
  foldedAt: z.date().nullable(),
  attempts: z.int(),
  lastError: z.string().nullable(),
  failedAt: z.date().nullable(),
  phase: z.enum(['facts', 'fold', 'compare']).nullable(),
  processed: z.number().nullable(),
  total: z.number().nullable(),
  startedAt: z.date().nullable(),
  at: z.date(),
});
export type ProjectionRow = z.infer<typeof projection>;

/** Facts looked at for the age of what is behind. */
const OLDEST_FACTS = 100;

/**
 * Every projection with its rebuild, the writer of facts first. Changes have no time of their own: the oldest one that a
 * projection does not hold is as old as the enrichment of the events it came from, which facts are written right behind.
 * What corrections changed was enriched long before: of those it is known that they are no older than the last fold.
 */
export async function readProjections(db: SqlExecutor): Promise<ProjectionRow[]> {
  const rows = await db.$queryRawUnsafe(
    `WITH latest AS (SELECT change, folded_at FROM projections WHERE name = $1)
     SELECT p.name, p.change::float8 AS change, greatest(0, latest.change - p.change)::float8 AS "changesBehind",
            CASE WHEN p.change >= latest.change THEN 0 ELSE greatest(0, extract(epoch FROM clock_timestamp()
              - least(latest.folded_at, coalesce(oldest.enriched_at, p.folded_at))))::float8 END AS "secondsBehind",
            p.folded::float8 AS folded, p.folded_at AS "foldedAt", p.attempts, p.last_error AS "lastError",
            p.failed_at AS "failedAt", r.phase, r.processed::float8 AS processed, nullif(r.total, 0)::float8 AS total,
            r.started_at AS "startedAt", clock_timestamp() AS at
     FROM projections p
     LEFT JOIN latest ON true
     LEFT JOIN projection_rebuilds r ON r.projection = p.name AND r.finished_at IS NULL
     LEFT JOIN LATERAL (
       SELECT max(a.updated_at) AS enriched_at
       FROM (SELECT f.id FROM event_facts f WHERE f.change > p.change ORDER BY f.change LIMIT ${OLDEST_FACTS}) AS behind
       CROSS JOIN LATERAL (SELECT updated_at FROM attribution WHERE event_id = behind.id OFFSET 0) AS a
       WHERE NOT EXISTS (SELECT FROM fact_retractions gone WHERE gone.id = behind.id)
     ) AS oldest ON p.change < latest.change
     ORDER BY p.name <> $1, p.name`,
    FACTS,
  );
  return z.array(projection).parse(rows);
}

/** More are not worth the look. */
const MOST_ROWS = 100_000;

const logLag = z.object({
  rowsBehind: z.number(),
  eventsBehind: z.number(),
  /** Of the events behind, those that were enriched: most of them are not counted yet. */
  enrichedBehind: z.number(),
  oldestAt: z.date().nullable(),
  secondsBehind: z.number(),
});
export type LogLag = z.infer<typeof logLag>;

/** What the event log has that facts do not tell yet, rows of kinds that they do not depend on with it. */
export async function readLogLag(db: SqlExecutor): Promise<LogLag> {
  const rows = await db.$queryRawUnsafe(
    `WITH read AS (
       SELECT coalesce(max(done), '1:1:')::pg_snapshot AS done, max(reading)::pg_snapshot AS reading,
              coalesce(max(after_xid), 0) AS after_xid, coalesce(max(after_id), 0) AS after_id,
              coalesce(max(after_event), 0) AS after_event
       FROM fact_checkpoint
     ), behind AS (
       SELECT l.kind, l.logged_at, cardinality(l.event_ids)
                - CASE WHEN (l.xid, l.id) = (read.after_xid, read.after_id) THEN read.after_event ELSE 0 END AS events
       FROM read JOIN event_log l ON l.xid >= pg_snapshot_xmin(read.done)::text::bigint
       WHERE NOT pg_visible_in_snapshot(l.xid::text::xid8, read.done)
         AND (read.reading IS NULL OR (l.xid, l.id) >= (read.after_xid, read.after_id)
              OR NOT pg_visible_in_snapshot(l.xid::text::xid8, read.reading))
         AND NOT ((l.xid, l.id) = (read.after_xid, read.after_id) AND cardinality(l.event_ids) <= read.after_event)
       ORDER BY l.xid, l.id LIMIT ${MOST_ROWS}
     )
     SELECT count(*)::float8 AS "rowsBehind", coalesce(sum(events), 0)::float8 AS "eventsBehind",
            coalesce(sum(events) FILTER (WHERE kind = 'enriched'), 0)::float8 AS "enrichedBehind",
            min(logged_at) AS "oldestAt",
            coalesce(greatest(0, extract(epoch FROM clock_timestamp() - min(logged_at))), 0)::float8 AS "secondsBehind"
     FROM behind`,
  );
  return z.tuple([logLag]).parse(rows)[0];
}
