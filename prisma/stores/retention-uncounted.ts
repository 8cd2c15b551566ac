import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { partitionIdentifier } from './partitions.ts';
import { FACTS } from './projections.ts';
import type { IdRange } from './retention-batch.ts';

/** Events that are to go: those of a range, or some of it. */
export interface LeavingEvents {
  readonly range: IdRange;
  /** Null: all of the range. */
  readonly ids: readonly string[] | null;
  /** Where the range's rows are, attached or not. */
  readonly names: { readonly events: string; readonly event_facts: string };
}

const uncounted = z.object({
  /** Nothing was ever counted in this database, or not since it was restored. */
  neverFolded: z.boolean(),
  /** Projections that are being rebuilt. */
  rebuilding: z.array(z.string()),
  /** Projections that have not taken in what became of the facts. */
  behind: z.array(z.string()),
  /** Changes of the events stand in the log that facts have not heard of. */
  unread: z.boolean(),
  /** Some of the events have no fact yet, for they wait for their enrichment. */
  waiting: z.boolean(),
});
/** What of the events is not in every read model yet. Retention must leave them: what is gone can never be counted. */
export type Uncounted = z.infer<typeof uncounted>;

/**
 * Waits for whoever makes facts of events, and keeps others from it until the transaction ends. Read models go on: they
 * only come closer to the facts there are.
 */
export async function lockFactWriter(tx: Pick<SqlExecutor, '$executeRawUnsafe'>): Promise<void> {
  await tx.$executeRawUnsafe(`SELECT FROM projections WHERE name = '${FACTS}' FOR UPDATE`);
}

/** What is found nothing of stays so while the fact writer is locked. */
export async function findUncounted(db: SqlExecutor, { range, ids, names }: LeavingEvents): Promise<Uncounted> {
  const within = (column: string) => `${column} >= $1::uuid AND ${column} < $2::uuid`;
  const among = (column: string) => `${within(column)} AND ($3::uuid[] IS NULL OR ${column} = ANY ($3::uuid[]))`;
  const rows = await db.$queryRawUnsafe<unknown[]>(
    `WITH reader AS MATERIALIZED (
       SELECT done::pg_snapshot AS done, reading::pg_snapshot AS reading, after_xid, after_id, after_event
       FROM fact_checkpoint
       WHERE system_identifier = (SELECT system_identifier::text FROM pg_control_system())
         AND pg_snapshot_xmax(done::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
     ), read_models AS MATERIALIZED (
       SELECT name, change FROM projections WHERE name <> '${FACTS}'
     ), folded AS MATERIALIZED (
       SELECT coalesce(min(change), 9223372036854775807) AS change FROM read_models
     ), to_fold AS MATERIALIZED (
       SELECT greatest(
         (SELECT max(f.change) FROM ${partitionIdentifier(names.event_facts)} f
          WHERE f.change > (SELECT change FROM folded) AND ${among('f.id')}),
         (SELECT max(r.retracted) FROM fact_retractions r
          WHERE r.retracted > (SELECT change FROM folded) AND ${among('r.id')})) AS change
     )
     SELECT
       NOT EXISTS (SELECT FROM reader) AS "neverFolded",
       ARRAY(SELECT projection FROM projection_rebuilds WHERE finished_at IS NULL ORDER BY 1) AS rebuilding,
       ARRAY(SELECT name FROM read_models WHERE change < (SELECT change FROM to_fold) ORDER BY 1) AS behind,
       EXISTS (
         SELECT FROM reader JOIN event_log l
           ON l.xid >= pg_snapshot_xmin(reader.done)::text::bigint
           AND NOT pg_visible_in_snapshot(l.xid::text::xid8, reader.done)
           AND NOT (reader.reading IS NOT NULL AND pg_visible_in_snapshot(l.xid::text::xid8, reader.reading)
             AND (l.xid, l.id) < (reader.after_xid, reader.after_id))
         CROSS JOIN LATERAL unnest(l.event_ids[
           CASE WHEN (l.xid, l.id) = (reader.after_xid, reader.after_id) THEN reader.after_event ELSE 0 END + 1 :]
         ) AS logged (id)
         WHERE ${among('logged.id')}) AS unread,
       EXISTS (
         SELECT FROM enrichment_backlog b JOIN ${partitionIdentifier(names.events)} e ON e.id = b.event_id
         WHERE ${among('b.event_id')} AND ${within('e.id')}
           -- Those that are never counted: duplicates, times nobody has, and what came back from an archive.
           AND (e.props_json -> '_duplicate' = 'true') IS NOT TRUE
           AND e.occurred_at >= '1970-01-01T00:00:00Z' AND e.occurred_at < '10000-01-01T00:00:00Z'
           AND to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY_MM') NOT IN (
             SELECT month FROM event_archives WHERE restored_at IS NOT NULL)
           AND NOT EXISTS (
             SELECT FROM ${partitionIdentifier(names.event_facts)} f WHERE f.id = b.event_id)) AS waiting`,
    range.from,
    range.to,
    ids,
  );
  return uncounted.parse(rows[0]);
}
