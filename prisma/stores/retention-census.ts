import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { partitionIdentifier } from './partitions.ts';

const group = z.object({ siteId: z.string(), eventType: z.string() });
/** Events of one type on one site: what a retention rule speaks of. */
export type EventGroup = z.infer<typeof group>;

/** `cutoff`: events before it may go; null keeps all of the group. */
export type GroupCutoff = EventGroup & { readonly cutoff: Date | null };

const groupCount = group.extend({
  /** Rows that may go. */
  due: z.number(),
  /** Rows that are exempt from retention. */
  exempt: z.number(),
  /** Rows that are too new to go. */
  kept: z.number(),
});
export type GroupCount = z.infer<typeof groupCount>;

/** The groups that a partition of `events` holds. Skips through an index: its cost is their number, not that of rows. */
export async function listEventGroups(db: SqlExecutor, partition: string): Promise<EventGroup[]> {
  const table = partitionIdentifier(partition);
  const rows = await db.$queryRawUnsafe(`
    WITH RECURSIVE groups AS (
      (SELECT site_id, event_type FROM ${table} ORDER BY site_id, event_type LIMIT 1)
      UNION ALL
      SELECT following.site_id, following.event_type
      FROM groups CROSS JOIN LATERAL (
        SELECT site_id, event_type FROM ${table} AS e
        WHERE (e.site_id, e.event_type) > (groups.site_id, groups.event_type)
        ORDER BY site_id, event_type LIMIT 1) AS following
    )
    SELECT site_id::text AS "siteId", event_type AS "eventType" FROM groups`);
  return z.array(group).parse(rows);
}

/** Counts the rows of a partition, attached or not. A group that is not in `cutoffs` counts as kept for ever. */
export async function countEventGroups(
  db: SqlExecutor,
  partition: string,
  cutoffs: readonly GroupCutoff[],
): Promise<GroupCount[]> {
  const rows = await db.$queryRawUnsafe(
    `
    SELECT e.site_id::text AS "siteId", e.event_type AS "eventType",
           (count(*) FILTER (WHERE NOT retention_exempt AND occurred_at < cutoff))::float8 AS due,
           (count(*) FILTER (WHERE retention_exempt))::float8 AS exempt,
           (count(*) FILTER (WHERE NOT retention_exempt AND (occurred_at < cutoff) IS NOT TRUE))::float8 AS kept
    FROM ${partitionIdentifier(partition)} AS e
    LEFT JOIN unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS c (site_id, event_type, cutoff)
      USING (site_id, event_type)
    GROUP BY 1, 2 ORDER BY 1, 2`,
    cutoffs.map(({ siteId }) => siteId),
    cutoffs.map(({ eventType }) => eventType),
    cutoffs.map(({ cutoff }) => cutoff?.toISOString() ?? null),
  );
  return z.array(groupCount).parse(rows);
}
