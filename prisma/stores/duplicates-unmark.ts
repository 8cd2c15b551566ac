import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { idBounds } from './duplicates-bounds.ts';

const changed = z.array(z.object({ id: z.guid() }));

/**
 * Takes the marks off events that repeat nothing any more, as if they had never been marked: a later run may mark them
 * again. Rows are locked in id order. Answers with the ids it unmarked.
 */
export async function unmarkDuplicates(db: SqlExecutor, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const { lowest, highest } = idBounds(ids);
  const rows = await db.$queryRaw`
    WITH locked AS (
      SELECT id FROM events
      WHERE id = ANY (${[...ids]}::uuid[]) AND id BETWEEN ${lowest}::uuid AND ${highest}::uuid
      ORDER BY id FOR NO KEY UPDATE
    ), unmarked AS (
      UPDATE events SET props_json = props_json - '_duplicate' - '_duplicateOf'
      FROM locked WHERE events.id = locked.id AND events.id BETWEEN ${lowest}::uuid AND ${highest}::uuid
      RETURNING events.id
    ), forgotten AS (
      DELETE FROM duplicate_marks USING unmarked WHERE event_id = unmarked.id
    ), logged AS (
      INSERT INTO event_log (kind, event_ids)
      SELECT 'unmarked', array_agg(id ORDER BY id)
      FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / 1000 AS part FROM unmarked) AS numbered
      GROUP BY part ORDER BY part
    )
    SELECT id FROM unmarked`;
  return changed.parse(rows).map(({ id }) => id);
}
