import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { idBounds } from './duplicates-bounds.ts';

/** Receipts of one hour, site, event type and client version. */
export interface RateCount {
  /** First millisecond of the hour in UTC. */
  readonly hour: Date;
  readonly siteId: string;
  readonly eventType: string;
  /** Empty where the client did not say. */
  readonly clientVersion: string;
  readonly accepted: number;
  readonly duplicates: number;
}

/** Adds counts to those that are there: one statement, in key order, so that instances wait for each other in turn. */
export async function addRates(db: SqlExecutor, counts: readonly RateCount[]): Promise<void> {
  if (counts.length === 0) return;
  await db.$executeRaw`
    INSERT INTO deduplication_rates (hour, site_id, event_type, client_version, accepted, duplicates)
    SELECT hour, site_id, event_type, client_version, sum(accepted), sum(duplicates)
    FROM unnest(${counts.map(({ hour }) => hour.toISOString())}::timestamptz[],
                ${counts.map(({ siteId }) => siteId)}::uuid[],
                ${counts.map(({ eventType }) => eventType)}::text[],
                ${counts.map(({ clientVersion }) => clientVersion)}::text[],
                ${counts.map(({ accepted }) => accepted)}::bigint[],
                ${counts.map(({ duplicates }) => duplicates)}::bigint[])
      AS counts (hour, site_id, event_type, client_version, accepted, duplicates)
    GROUP BY hour, site_id, event_type, client_version
    ORDER BY hour, site_id, event_type, client_version
    ON CONFLICT (hour, site_id, event_type, client_version) DO UPDATE
    SET accepted = deduplication_rates.accepted + excluded.accepted,
        duplicates = deduplication_rates.duplicates + excluded.duplicates`;
}

/**
 * Moves events that were marked from the accepted to the duplicates of the hour they were received in, and those that
 * were unmarked back. As far as they were counted there: what was loaded past ingest has no rate. Locks in key order.
 */
export async function moveRates(
  db: SqlExecutor,
  { marked, unmarked }: { readonly marked: readonly string[]; readonly unmarked: readonly string[] },
): Promise<void> {
  if (marked.length + unmarked.length === 0) return;
  const { lowest, highest } = idBounds([...marked, ...unmarked]);
  await db.$executeRaw`
    WITH moves AS (
      SELECT date_trunc('hour', received_at, 'UTC') AS hour, site_id, event_type,
             coalesce(client_version, '') AS client_version, sum(sign) AS moved
      FROM (SELECT id, 1 AS sign FROM unnest(${[...marked]}::uuid[]) AS ids (id)
            UNION ALL SELECT id, -1 FROM unnest(${[...unmarked]}::uuid[]) AS ids (id)) AS changes
      JOIN events USING (id)
      WHERE id BETWEEN ${lowest}::uuid AND ${highest}::uuid
      GROUP BY 1, 2, 3, 4
    ), locked AS (
      SELECT hour, site_id, event_type, client_version,
             greatest(-rates.duplicates, least(rates.accepted, moved)) AS moved
      FROM deduplication_rates AS rates JOIN moves USING (hour, site_id, event_type, client_version)
      ORDER BY hour, site_id, event_type, client_version FOR UPDATE OF rates
    )
    UPDATE deduplication_rates AS rates
    SET accepted = rates.accepted - locked.moved, duplicates = rates.duplicates + locked.moved
    FROM locked
    WHERE (rates.hour, rates.site_id, rates.event_type, rates.client_version)
        = (locked.hour, locked.site_id, locked.event_type, locked.client_version)`;
}

const siteRate = z.object({
  siteId: z.guid(),
  accepted: z.number(),
  duplicates: z.number(),
  /** Most repeats first; none without any. */
  worst: z.array(
    z.object({ eventType: z.string(), clientVersion: z.string(), accepted: z.number(), duplicates: z.number() }),
  ),
});
export type SiteRate = z.infer<typeof siteRate>;

/** Sums by site since an hour, each with the `worst` types and client versions. */
export async function readRates(
  db: SqlExecutor,
  { since, worst }: { readonly since: Date; readonly worst: number },
): Promise<SiteRate[]> {
  const rows = await db.$queryRaw`
    WITH parts AS (
      SELECT site_id, event_type, client_version, sum(accepted)::float8 AS accepted, sum(duplicates)::float8 AS duplicates
      FROM deduplication_rates WHERE hour >= ${since.toISOString()}::timestamptz
      GROUP BY site_id, event_type, client_version
    ), placed AS (
      SELECT *, row_number() OVER (
        PARTITION BY site_id ORDER BY duplicates DESC, event_type, client_version) AS place
      FROM parts
    )
    SELECT site_id AS "siteId", sum(accepted) AS accepted, sum(duplicates) AS duplicates,
           coalesce(jsonb_agg(jsonb_build_object(
             'eventType', event_type, 'clientVersion', client_version, 'accepted', accepted, 'duplicates', duplicates)
             ORDER BY place) FILTER (WHERE place <= ${worst} AND duplicates > 0), '[]') AS worst
    FROM placed GROUP BY site_id ORDER BY site_id`;
  return z.array(siteRate).parse(rows);
}
