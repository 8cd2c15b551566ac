import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const LATEST_EVENTS = 1_000;

const sent = z.array(z.object({ name: z.string().nullable(), events: z.number(), of: z.number() }));

/** Which props the latest events of a type have, the most frequent first. */
export async function readPropsSent(
  db: SqlExecutor,
  siteId: string,
  eventType: string,
): Promise<{ events: number; props: { name: string; events: number }[] }> {
  const rows = sent.parse(
    await db.$queryRawUnsafe(
      `WITH latest AS MATERIALIZED (
         SELECT CASE jsonb_typeof(props_json) WHEN 'object' THEN props_json ELSE '{}' END AS props
         FROM events WHERE site_id = $1::uuid AND event_type = $2::text
         ORDER BY occurred_at DESC LIMIT ${LATEST_EVENTS}
       )
       SELECT name, count(name)::float8 AS events, (SELECT count(*) FROM latest)::float8 AS of
       FROM latest LEFT JOIN LATERAL jsonb_object_keys(props) AS names (name) ON name <> '_duplicate'
       GROUP BY 1 ORDER BY 2 DESC, 1`,
      siteId,
      eventType,
    ),
  );
  return {
    events: rows[0]?.of ?? 0,
    props: rows.flatMap(({ name, events }) => (name === null ? [] : { name, events })),
  };
}
