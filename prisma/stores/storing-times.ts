import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const LATEST_EVENTS = 500;

const times = z.tuple([
  z.object({
    events: z.number(),
    p50: z.number().nullable(),
    p95: z.number().nullable(),
    max: z.number().nullable(),
  }),
]);

/**
 * From the receipt of an event to the transaction that stored it, in ms. Of the latest events of the day before `now`:
 * imported history was received long after it happened, and is not among them.
 */
export async function readStoringTimes(db: SqlExecutor, siteId: string, now: Date) {
  const rows = await db.$queryRawUnsafe(
    `SELECT count(*)::float8 AS events, percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) AS p50,
            percentile_disc(0.95) WITHIN GROUP (ORDER BY ms) AS p95, max(ms) AS max
     FROM (
       SELECT greatest(0, extract(epoch FROM created_at - received_at) * 1000)::float8 AS ms
       FROM events
       WHERE site_id = $1::uuid AND occurred_at > $2::timestamptz - interval '1 day' AND occurred_at <= $2::timestamptz
       ORDER BY occurred_at DESC LIMIT ${LATEST_EVENTS}
     ) AS latest`,
    siteId,
    now.toISOString(),
  );
  return times.parse(rows)[0];
}
