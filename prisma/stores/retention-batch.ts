import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import type { GroupCutoff } from './retention-census.ts';

/** A range of ids; `to` is not included. */
export interface IdRange {
  readonly from: string;
  readonly to: string;
}

/** Bounds what a batch waits for, in its transaction: rows of other tables that somebody else holds. */
export async function limitBatch(tx: SqlExecutor, lockTimeoutMs: number): Promise<void> {
  await tx.$queryRaw`SELECT set_config('lock_timeout', ${`${lockTimeoutMs}ms`}, true)`;
}

/**
 * Locks the next events of the range that may go, in id order, and returns their ids. Rows that somebody else holds are
 * passed over, so that this waits for nobody. What a transaction changed meanwhile is judged as it is now.
 */
export async function lockDueEvents(
  tx: SqlExecutor,
  { from, to }: IdRange,
  cutoffs: readonly GroupCutoff[],
  limit: number,
): Promise<string[]> {
  const due = cutoffs.filter(({ cutoff }) => cutoff !== null);
  const rows = await tx.$queryRaw`
    SELECT e.id::text FROM events e
    JOIN unnest(
      ${due.map(({ siteId }) => siteId)}::uuid[], ${due.map(({ eventType }) => eventType)}::text[],
      ${due.map(({ cutoff }) => cutoff?.toISOString())}::timestamptz[]) AS c (site_id, event_type, cutoff)
      ON c.site_id = e.site_id AND c.event_type = e.event_type
    WHERE e.id >= ${from}::uuid AND e.id < ${to}::uuid AND e.occurred_at < c.cutoff AND NOT e.retention_exempt
    ORDER BY e.id LIMIT ${limit}::int
    FOR UPDATE OF e SKIP LOCKED`;
  return z
    .array(z.object({ id: z.string() }))
    .parse(rows)
    .map(({ id }) => id);
}

/**
 * Deletes events with all that is kept by their id, facts among it: what is folded from facts keeps its figures. `ids` in
 * order; the range lets Postgres leave out other months.
 */
export async function deleteEvents(tx: SqlExecutor, ids: readonly string[], { from, to }: IdRange): Promise<void> {
  const list = [...ids];
  await tx.$executeRaw`DELETE FROM enrichment_backlog WHERE event_id = ANY (${list}::uuid[])`;
  await tx.$executeRaw`DELETE FROM duplicate_marks WHERE event_id = ANY (${list}::uuid[])`;
  await tx.$executeRaw`
    DELETE FROM attribution
    WHERE event_id = ANY (${list}::uuid[]) AND event_id >= ${from}::uuid AND event_id < ${to}::uuid`;
  await tx.$executeRaw`
    DELETE FROM event_facts WHERE id = ANY (${list}::uuid[]) AND id >= ${from}::uuid AND id < ${to}::uuid`;
  await tx.$executeRaw`
    DELETE FROM events WHERE id = ANY (${list}::uuid[]) AND id >= ${from}::uuid AND id < ${to}::uuid`;
}

/** Deletes what is kept outside of the partitions of a month by the ids of its events. */
export async function deleteKeptByEventId(tx: SqlExecutor, { from, to }: IdRange): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM enrichment_backlog WHERE event_id >= ${from}::uuid AND event_id < ${to}::uuid`;
  await tx.$executeRaw`DELETE FROM duplicate_marks WHERE event_id >= ${from}::uuid AND event_id < ${to}::uuid`;
}
