import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { uuidV7Floor } from './partitions.ts';

/** Two equal events this far apart, or less, are one. */
export const REPEAT_WITHIN_MS = 1_000;

/**
 * How far an id's time may be from `occurred_at`: nothing in rows of ours, but a host that leaves both to their defaults
 * gets the one from its own clock and the other from the server's.
 */
const ID_SLACK_MS = 5_000;

const candidate = z.object({
  id: z.guid(),
  /** Milliseconds of Unix time. */
  occurredAt: z.number(),
  /** Equal for events that are equal in the fields that matter. */
  identity: z.string(),
  idempotencyKey: z.string().nullable(),
  /** The event it is marked as a repeat of, as of now. */
  duplicateOf: z.guid().nullable(),
  /** Its mark was taken back by hand. */
  reverted: z.boolean(),
});
export type DuplicateCandidate = z.infer<typeof candidate>;

const answer = z.tuple([z.object({ scanned: z.number() })]);

export interface DuplicateWindow {
  /** Included. */
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
  /** Types whose rows stand for several events, and are never compared. */
  readonly aggregatedTypes: readonly string[];
}

export interface WindowCandidates {
  /** Events of the window that were compared. */
  readonly scanned: number;
  /** In no order. Those before `from` are there to be repeated only. */
  readonly candidates: readonly DuplicateCandidate[];
}

/**
 * The events of a window, and of the second before it, that have an equal one within a second, and those that are marked.
 * A 64-bit hash finds them, so that only few rows pay for the exact comparison. Left out are rows with a count, and props
 * that are not an object, which cannot carry a mark. MATERIALIZED keeps the planner from computing the exact identity
 * of every event, those with such props included, below the join.
 */
export async function findDuplicateCandidates(db: SqlExecutor, window: DuplicateWindow): Promise<WindowCandidates> {
  const since = new Date(window.from.getTime() - REPEAT_WITHIN_MS);
  const lowest = uuidV7Floor(new Date(Math.max(0, since.getTime() - ID_SLACK_MS)));
  const beyond = uuidV7Floor(new Date(window.to.getTime() + ID_SLACK_MS));
  const rows = await db.$queryRaw<unknown[]>`
    WITH hashed AS MATERIALIZED (
      SELECT id, occurred_at, hash_record_extended(ROW(
        site_id, event_type, session_id, entity_id, actor_id, visitor_id, entity_type, tenant_id,
        CASE WHEN props_json ? '_duplicate' THEN props_json - '_duplicate' - '_duplicateOf' ELSE props_json END), 0) AS hash
      FROM events
      WHERE id >= ${lowest}::uuid AND id < ${beyond}::uuid
        AND occurred_at >= ${since.toISOString()}::timestamptz AND occurred_at < ${window.to.toISOString()}::timestamptz
        AND count = 1 AND event_type <> ALL (${[...window.aggregatedTypes]}::text[])
        AND jsonb_typeof(props_json) = 'object'
    ), spaced AS (
      SELECT id,
             occurred_at - lag(occurred_at) OVER alike AS since_last,
             lead(occurred_at) OVER alike - occurred_at AS until_next
      FROM hashed WINDOW alike AS (PARTITION BY hash ORDER BY occurred_at)
    ), near AS (
      SELECT id FROM spaced
      WHERE least(since_last, until_next) <= ${`${REPEAT_WITHIN_MS} milliseconds`}::interval
      UNION
      SELECT id FROM hashed JOIN duplicate_marks ON event_id = id
      WHERE event_id >= ${lowest}::uuid AND event_id < ${beyond}::uuid AND reverted_at IS NULL
    ), candidates AS MATERIALIZED (
      SELECT events.id, (extract(epoch FROM occurred_at) * 1000)::float8 AS "occurredAt",
             encode(sha256(convert_to(jsonb_build_array(
               tenant_id, site_id, event_type, actor_id, visitor_id, session_id, entity_type, entity_id,
               props_json - '_duplicate' - '_duplicateOf')::text, 'UTF8')), 'base64') AS identity,
             idempotency_key AS "idempotencyKey",
             CASE WHEN reverted_at IS NULL THEN duplicate_of END AS "duplicateOf",
             reverted_at IS NOT NULL AS reverted
      FROM near JOIN events ON events.id = near.id LEFT JOIN duplicate_marks ON event_id = near.id
      WHERE events.id >= ${lowest}::uuid AND events.id < ${beyond}::uuid
    )
    SELECT counted.scanned, candidates.*
    FROM (SELECT (count(*) FILTER (WHERE occurred_at >= ${window.from.toISOString()}::timestamptz))::float8 AS scanned
          FROM hashed) AS counted
    LEFT JOIN candidates ON true`;
  const [{ scanned }] = answer.parse(rows.slice(0, 1));
  return { scanned, candidates: z.array(candidate).parse(isEmpty(rows) ? [] : rows) };
}

/** The outer join's only row, when there is no candidate. */
function isEmpty([first]: readonly unknown[]): boolean {
  return typeof first === 'object' && first !== null && 'id' in first && first.id === null;
}
