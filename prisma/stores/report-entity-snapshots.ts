import { entitySnapshot } from '@tallymark/contract/attribution';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

/** Events of an entity that are looked at: the newest of them may not be enriched yet. */
const LATEST_EVENTS = 10;

const found = z.object({ entityId: z.string(), snapshot: entitySnapshot.nullable().catch(null) });

/** What each of a site's entities looked like last. */
export async function readEntitySnapshots(
  db: SqlExecutor,
  siteId: string,
  { entityType, entityIds }: { readonly entityType: string; readonly entityIds: readonly string[] },
) {
  const rows = await db.$queryRawUnsafe(
    `SELECT entity.id AS "entityId", latest.snapshot
     FROM unnest($3::text[]) AS entity (id)
     CROSS JOIN LATERAL (
       SELECT a.snapshot_json AS snapshot FROM (
         SELECT e.id, e.occurred_at FROM events e
         WHERE e.entity_type = $2::text AND e.entity_id = entity.id AND e.site_id = $1::uuid
         ORDER BY e.occurred_at DESC LIMIT ${LATEST_EVENTS}
       ) AS event
       JOIN attribution a ON a.event_id = event.id
       WHERE a.snapshot_json ->> 'state' IN ('present', 'deleted')
       ORDER BY event.occurred_at DESC LIMIT 1
     ) AS latest`,
    siteId,
    entityType,
    [...new Set(entityIds)],
  );
  return z
    .array(found)
    .parse(rows)
    .flatMap(({ entityId, snapshot }) => (snapshot === null ? [] : { entityId, snapshot }));
}
