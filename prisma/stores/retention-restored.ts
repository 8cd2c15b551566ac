import { partitionIdentifier } from './partitions.ts';
import type { RetentionSession } from './retention-session.ts';

const NO_RUN = '00000000-0000-0000-0000-000000000000';
const UUID = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

export interface RestoredPartitions {
  readonly events: string;
  readonly attribution: string;
}

/**
 * Makes up for what is not archived: the record of marks that stand in the props, without which nobody could take them
 * back, and the place in the backlog of events that were not enriched yet. What is there stays, so it can be run again.
 */
export async function completeRestored(session: RetentionSession, names: RestoredPartitions): Promise<void> {
  const events = partitionIdentifier(names.events);
  const attribution = partitionIdentifier(names.attribution);
  await session.$executeRawUnsafe(`
    INSERT INTO duplicate_marks (event_id, duplicate_of, run_id)
    SELECT id, (props_json->>'_duplicateOf')::uuid, '${NO_RUN}' FROM ${events}
    WHERE CASE WHEN props_json->'_duplicate' = 'true' THEN props_json->>'_duplicateOf' ~ '${UUID}' ELSE false END
    ORDER BY id ON CONFLICT DO NOTHING`);
  await session.$executeRawUnsafe(`
    INSERT INTO enrichment_backlog (event_id)
    SELECT id FROM ${events} AS e WHERE NOT EXISTS (SELECT FROM ${attribution} AS a WHERE a.event_id = e.id)
    ORDER BY id ON CONFLICT DO NOTHING`);
}
