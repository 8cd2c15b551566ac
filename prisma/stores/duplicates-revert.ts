import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

/** Marks to take back: those a run wrote last, or those of these events. */
export type MarksToRevert = { readonly runId: string } | { readonly eventIds: readonly string[] };

const changed = z.array(z.object({ id: z.guid(), stored: z.boolean() }));

export interface RevertedMarks {
  /** Marks that were taken back; fewer than `most` when there are no more. */
  readonly reverted: number;
  /** Those of them whose event is still stored. */
  readonly eventIds: string[];
}

/** Takes back up to `most` marks for good: the event counts as kept from now on. Rows are locked in id order. */
export async function revertMarks(
  db: SqlExecutor,
  which: MarksToRevert,
  { now, most }: { readonly now: Date; readonly most: number },
): Promise<RevertedMarks> {
  const runId = 'runId' in which ? which.runId : null;
  const eventIds = 'eventIds' in which ? [...which.eventIds] : null;
  const rows = await db.$queryRaw`
    WITH standing AS (
      SELECT event_id FROM duplicate_marks
      WHERE reverted_at IS NULL AND (run_id = ${runId}::uuid OR event_id = ANY (${eventIds}::uuid[]))
      ORDER BY event_id LIMIT ${most}
    ), locked AS (
      SELECT id FROM standing JOIN events ON id = event_id ORDER BY id FOR NO KEY UPDATE OF events
    ), unmarked AS (
      UPDATE events SET props_json = props_json - '_duplicate' - '_duplicateOf'
      FROM locked WHERE events.id = locked.id
      RETURNING events.id
    ), reverted AS (
      UPDATE duplicate_marks SET reverted_at = ${now.toISOString()}::timestamptz
      FROM standing WHERE duplicate_marks.event_id = standing.event_id
      RETURNING duplicate_marks.event_id
    ), logged AS (
      INSERT INTO event_log (kind, event_ids)
      SELECT 'unmarked', array_agg(id ORDER BY id)
      FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / 1000 AS part FROM unmarked) AS numbered
      GROUP BY part ORDER BY part
    )
    SELECT event_id AS id, unmarked.id IS NOT NULL AS stored
    FROM reverted LEFT JOIN unmarked ON unmarked.id = event_id`;
  const marks = changed.parse(rows);
  return { reverted: marks.length, eventIds: marks.flatMap(({ id, stored }) => (stored ? id : [])) };
}
