import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const entityRow = z.object({ entityType: z.string(), entityId: z.string() });
export type EntityName = z.infer<typeof entityRow>;

/**
 * Events of an entity that are looked at: the latest, which say what it was last, past those that are not enriched yet,
 * and the first, which made it. Few, because whoever sends events can name any number of entities.
 */
const LATEST_EVENTS = 10;
const FIRST_EVENTS = 2;

/**
 * Those of the tenant's entities that a snapshot of an event of theirs has shown to be there, or to have been deleted; with what
 * waits on the backlog. Looks at a dozen events of each, whoever's they are, so that one with a
 * million costs no more.
 */
export async function findEntitiesSeen(
  db: SqlExecutor,
  tenantId: string,
  entities: readonly EntityName[],
): Promise<EntityName[]> {
  const types = entities.map(({ entityType }) => entityType);
  const ids = entities.map(({ entityId }) => entityId);
  const rows = await db.$queryRaw`
    SELECT entity.type AS "entityType", entity.id AS "entityId"
    FROM unnest(${types}::text[], ${ids}::text[]) AS entity (type, id)
    WHERE EXISTS (
      SELECT FROM (
        (SELECT id, tenant_id FROM events WHERE entity_type = entity.type AND entity_id = entity.id
         ORDER BY occurred_at DESC LIMIT ${LATEST_EVENTS})
        UNION ALL
        (SELECT id, tenant_id FROM events WHERE entity_type = entity.type AND entity_id = entity.id
         ORDER BY occurred_at LIMIT ${FIRST_EVENTS})
      ) AS event
      LEFT JOIN attribution ON attribution.event_id = event.id
      LEFT JOIN enrichment_backlog ON enrichment_backlog.event_id = event.id
      WHERE event.tenant_id = ${tenantId}::uuid
        AND coalesce(attribution.snapshot_json, enrichment_backlog.snapshot_json) ->> 'state' IN ('present', 'deleted')
    )`;
  return z.array(entityRow).parse(rows);
}

/** Puts a snapshot on the backlog row that storing the event has made in the same transaction. */
export async function attachSnapshot(db: SqlExecutor, eventId: string, snapshot: object): Promise<void> {
  await db.$executeRaw`
    UPDATE enrichment_backlog SET snapshot_json = ${JSON.stringify(snapshot)}::jsonb WHERE event_id = ${eventId}::uuid`;
}
