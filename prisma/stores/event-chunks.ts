import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { uuidV7Floor } from './partitions.ts';

const chunkRow = z.object({ id: z.string(), stored: z.boolean() });

export interface EventChunk {
  /** Of events and facts, in order. */
  readonly ids: readonly string[];
  /** Facts among them that have no event. */
  readonly withoutEvent: readonly string[];
  /** Nothing is left behind them. */
  readonly last: boolean;
}

/** The next events and facts behind an id, at most `limit` of each, from the floor on. Null begins at the beginning. */
export async function nextEventChunk(
  db: SqlExecutor,
  after: string | null,
  floor: Date | null,
  limit: number,
): Promise<EventChunk> {
  const from = after ?? uuidV7Floor(floor ?? new Date(0));
  const rows = await db.$queryRaw`
    WITH e AS (SELECT id FROM events WHERE id > ${from}::uuid ORDER BY id LIMIT ${limit}::int),
    f AS (SELECT id FROM event_facts WHERE id > ${from}::uuid ORDER BY id LIMIT ${limit}::int),
    -- As far as both were looked at.
    reach AS (
      SELECT least(
        (SELECT CASE WHEN count(*) = ${limit}::int THEN max(id::text) END FROM e),
        (SELECT CASE WHEN count(*) = ${limit}::int THEN max(id::text) END FROM f))::uuid AS id
    )
    SELECT coalesce(e.id, f.id)::text AS id, e.id IS NOT NULL AS stored
    FROM e FULL JOIN f ON f.id = e.id CROSS JOIN reach
    WHERE reach.id IS NULL OR coalesce(e.id, f.id) <= reach.id
    ORDER BY 1`;
  const found = z.array(chunkRow).parse(rows);
  return {
    ids: found.map(({ id }) => id),
    withoutEvent: found.flatMap(({ id, stored }) => (stored ? [] : id)),
    last: found.length < limit,
  };
}

/** About how many events there are, from the statistics of their partitions. */
export async function expectedEvents(db: SqlExecutor): Promise<number> {
  const [row] = await db.$queryRaw<unknown[]>`
    SELECT coalesce(sum(greatest(0, reltuples)), 0)::float8 AS events
    FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = to_regclass('events')`;
  return z.object({ events: z.number() }).parse(row).events;
}
