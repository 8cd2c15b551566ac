import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { idBounds } from './duplicates-bounds.ts';

const outdated = z.object({
  id: z.string(),
  eventType: z.string(),
  schemaVersion: z.int(),
  props: z.record(z.string(), z.unknown()).catch({}),
});
export type OutdatedEvent = z.infer<typeof outdated>;

/** Those of the events that were stored under a version of their type below the given one. */
export async function findOutdatedEvents(
  db: SqlExecutor,
  ids: readonly string[],
  versions: ReadonlyMap<string, number>,
): Promise<OutdatedEvent[]> {
  if (ids.length === 0 || versions.size === 0) return [];
  const { lowest, highest } = idBounds(ids);
  const rows = await db.$queryRaw`
    SELECT e.id::text, e.event_type AS "eventType", e.schema_version::int AS "schemaVersion", e.props_json AS props
    FROM events e
    JOIN unnest(${[...versions.keys()]}::text[], ${[...versions.values()]}::int[]) AS v (event_type, version)
      ON v.event_type = e.event_type AND e.schema_version < v.version
    WHERE e.id = ANY (${[...ids]}::uuid[]) AND e.id BETWEEN ${lowest}::uuid AND ${highest}::uuid`;
  return z.array(outdated).parse(rows);
}

/** Events without a fact whose enrichment failed for good or has not come within the time, the oldest first. */
export async function findUncountedEvents(db: SqlExecutor, storedBefore: Date, limit: number): Promise<string[]> {
  const rows = await db.$queryRaw`
    SELECT b.event_id::text AS id FROM enrichment_backlog b
    WHERE (b.failed_at IS NOT NULL OR b.stored_at < ${storedBefore}::timestamptz)
      AND NOT EXISTS (SELECT FROM event_facts f WHERE f.id = b.event_id)
      AND EXISTS (SELECT FROM events e WHERE e.id = b.event_id
        AND isfinite(e.occurred_at) AND (e.props_json -> '_duplicate' = 'true') IS NOT TRUE)
    ORDER BY b.event_id LIMIT ${limit}::int`;
  return z
    .array(z.object({ id: z.string() }))
    .parse(rows)
    .map(({ id }) => id);
}
