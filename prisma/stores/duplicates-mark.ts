import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { idBounds } from './duplicates-bounds.ts';

export interface DuplicateDecision {
  readonly id: string;
  /** The event it repeats. */
  readonly duplicateOf: string;
}

const changed = z.array(z.object({ id: z.guid() }));

/**
 * Marks events as repeats: in their props, in `duplicate_marks` and in the log. Rows are locked in id order; of an event
 * that is gone meanwhile nothing is recorded. A mark that stands gets the new original. Answers with the ids it marked.
 */
export async function markDuplicates(
  db: SqlExecutor,
  runId: string,
  decisions: readonly DuplicateDecision[],
): Promise<string[]> {
  if (decisions.length === 0) return [];
  const ids = decisions.map(({ id }) => id);
  const { lowest, highest } = idBounds(ids);
  const rows = await db.$queryRaw`
    WITH locked AS (
      SELECT events.id, wanted.duplicate_of
      FROM unnest(${ids}::uuid[], ${decisions.map(({ duplicateOf }) => duplicateOf)}::uuid[])
        AS wanted (id, duplicate_of)
      JOIN events ON events.id = wanted.id
      WHERE events.id BETWEEN ${lowest}::uuid AND ${highest}::uuid
      ORDER BY events.id FOR NO KEY UPDATE OF events
    ), marked AS (
      UPDATE events
      SET props_json = props_json || jsonb_build_object('_duplicate', true, '_duplicateOf', locked.duplicate_of)
      FROM locked WHERE events.id = locked.id AND events.id BETWEEN ${lowest}::uuid AND ${highest}::uuid
      RETURNING events.id, locked.duplicate_of
    ), recorded AS (
      INSERT INTO duplicate_marks (event_id, duplicate_of, run_id)
      SELECT id, duplicate_of, ${runId}::uuid FROM marked ORDER BY id
      ON CONFLICT (event_id) DO UPDATE
      SET duplicate_of = excluded.duplicate_of, run_id = excluded.run_id, marked_at = now()
    ), logged AS (
      INSERT INTO event_log (kind, event_ids)
      SELECT 'marked', array_agg(id ORDER BY id)
      FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / 1000 AS part FROM marked) AS numbered
      GROUP BY part ORDER BY part
    )
    SELECT id FROM marked`;
  return changed.parse(rows).map(({ id }) => id);
}
