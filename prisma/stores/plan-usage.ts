import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const usage = z.object({ eventType: z.string(), events: z.number(), lastSeenAt: z.date().nullable() });
export type TypeUsage = z.infer<typeof usage>;

/**
 * What a site has of each of `eventTypes`, and of every other type it was ever counted for: events since the UTC day
 * `from`, and when the latest stored one happened.
 */
export async function readTypeUsage(
  db: SqlExecutor,
  siteId: string,
  { eventTypes, from }: { readonly eventTypes: readonly string[]; readonly from: Date },
): Promise<TypeUsage[]> {
  // Every event is once in every dimension; this one has the fewest values.
  const rows = await db.$queryRawUnsafe(
    `WITH names AS (
       SELECT unnest($2::text[]) AS event_type
       UNION SELECT event_type FROM dimension_months WHERE site_id = $1::uuid AND dimension = 'source'
     ), counted AS (
       SELECT event_type, sum(events)::float8 AS events FROM dimension_days
       WHERE site_id = $1::uuid AND dimension = 'source' AND day >= $3::date GROUP BY 1
     )
     SELECT names.event_type AS "eventType", greatest(0, coalesce(counted.events, 0)) AS events,
            latest.occurred_at AS "lastSeenAt"
     FROM names
     LEFT JOIN counted USING (event_type)
     LEFT JOIN LATERAL (
       SELECT occurred_at FROM events e WHERE e.site_id = $1::uuid AND e.event_type = names.event_type
       ORDER BY occurred_at DESC LIMIT 1
     ) AS latest ON true
     ORDER BY 1`,
    siteId,
    [...eventTypes],
    from.toISOString().slice(0, 10),
  );
  return z.array(usage).parse(rows);
}
