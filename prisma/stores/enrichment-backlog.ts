import type { EnrichmentBacklogStats } from '@tallymark/contract/jobs';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const snapshotRow = z.object({ eventId: z.string(), snapshot: z.record(z.string(), z.unknown()) });

/** Snapshots that were taken in the transaction of the host, by event id. */
export async function findBacklogSnapshots(
  db: SqlExecutor,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Record<string, unknown>>> {
  const rows = await db.$queryRaw`
    SELECT event_id AS "eventId", snapshot_json AS snapshot FROM enrichment_backlog
    WHERE event_id = ANY (${[...ids]}::uuid[]) AND snapshot_json IS NOT NULL`;
  return new Map(
    z
      .array(snapshotRow)
      .parse(rows)
      .map(({ eventId, snapshot }) => [eventId, snapshot]),
  );
}

const idRow = z.object({ id: z.string() });

/**
 * Ids that were stored, and queued by an earlier sweep if at all, before `before`; parked ones left out. From now on they
 * count as queued at `now`.
 */
export async function takeUnenriched(
  db: SqlExecutor,
  { before, now, limit }: { readonly before: Date; readonly now: Date; readonly limit: number },
): Promise<string[]> {
  const rows = await db.$queryRaw`
    UPDATE enrichment_backlog SET queued_at = ${now} WHERE event_id IN (
      SELECT event_id FROM enrichment_backlog
      WHERE coalesce(queued_at, stored_at) < ${before} AND failed_at IS NULL ORDER BY event_id LIMIT ${limit})
    RETURNING event_id AS id`;
  return z
    .array(idRow)
    .parse(rows)
    .map(({ id }) => id);
}

/** Notes a failed attempt on each event; one that has used up `mostAttempts` is parked until somebody retries it. */
export async function noteFailures(
  db: SqlExecutor,
  failures: readonly { readonly id: string; readonly reason: string }[],
  mostAttempts: number,
): Promise<void> {
  if (failures.length === 0) return;
  await db.$executeRaw`
    UPDATE enrichment_backlog SET attempts = attempts + 1, last_error = failure.reason,
      failed_at = CASE WHEN attempts + 1 >= ${mostAttempts}::int THEN now() ELSE failed_at END
    FROM unnest(${failures.map(({ id }) => id)}::uuid[], ${failures.map(({ reason }) => reason)}::text[])
      AS failure (id, reason)
    WHERE event_id = failure.id`;
}

/** Gives parked events their attempts back, as if they had been queued long ago: the next sweep takes them. Answers how many. */
export function unparkFailures(db: SqlExecutor): Promise<number> {
  return db.$executeRaw`
    UPDATE enrichment_backlog SET attempts = 0, failed_at = NULL, queued_at = to_timestamp(0) WHERE failed_at IS NOT NULL`;
}

/** Forgets what nobody will enrich, where enrichment is switched off. Answers how many. */
export function discardBacklog(db: SqlExecutor, storedBefore: Date): Promise<number> {
  return db.$executeRaw`DELETE FROM enrichment_backlog WHERE stored_at < ${storedBefore}`;
}

const MOST_REASONS = 10;

const statsRow = z.tuple([
  z.object({
    waiting: z.number(),
    oldestAgeMs: z.number().nullable(),
    parked: z.number(),
    reasons: z.array(z.object({ reason: z.string(), events: z.number() })),
  }),
]);

export async function readBacklogStats(db: SqlExecutor): Promise<EnrichmentBacklogStats> {
  const rows = await db.$queryRaw`
    SELECT count(*) FILTER (WHERE failed_at IS NULL)::float8 AS waiting,
           floor(extract(epoch FROM clock_timestamp() - min(stored_at) FILTER (WHERE failed_at IS NULL)) * 1000)::float8
             AS "oldestAgeMs",
           count(failed_at)::float8 AS parked,
           (SELECT coalesce(jsonb_agg(top), '[]') FROM (
              SELECT last_error AS reason, count(*) AS events FROM enrichment_backlog
              WHERE failed_at IS NOT NULL AND last_error IS NOT NULL
              GROUP BY last_error ORDER BY count(*) DESC, last_error LIMIT ${MOST_REASONS}) top) AS reasons
    FROM enrichment_backlog`;
  const [stats] = statsRow.parse(rows);
  return { ...stats, reasons: stats.reasons };
}
