import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

export type EventLogKind = 'stored' | 'enriched' | 'revised' | 'marked' | 'unmarked' | 'erased';

/**
 * How far a reader of the log has come. Transactions commit late and in any order, so neither a time nor a number will
 * do: `done` is a snapshot (text of a `pg_snapshot`), and everything visible in it was read. While what has become
 * visible since is being read, `reading` is the snapshot it is read up to, and the rest says how far that pass has come.
 */
export interface LogPosition {
  readonly done: string;
  readonly reading: string | null;
  readonly afterXid: bigint;
  readonly afterId: bigint;
  /** Events of the row (afterXid, afterId) that were read. */
  readonly afterEvent: number;
}

/** What one statement did to up to 1,000 events, or the part of it that was not read yet. */
export interface LogBatch {
  readonly xid: bigint;
  readonly id: bigint;
  readonly kind: EventLogKind;
  /** Events of the row before the first of `eventIds`. */
  readonly skipped: number;
  readonly eventIds: readonly string[];
  readonly loggedAt: Date;
}

export interface LogPage {
  readonly batches: readonly LogBatch[];
  /** Where to go on once all of `batches` is dealt with. */
  readonly next: LogPosition;
  /** Where a reader stands that has dealt with the first `events` of one of `batches` and with all batches before it. */
  readonly after: (batch: LogBatch, events: number) => LogPosition;
  /** Nothing is left that was visible when the page was read. */
  readonly exhausted: boolean;
}

export interface ReadLogOptions {
  readonly kinds: readonly EventLogKind[];
  /** Rows of the log in one page; default 100. */
  readonly limit?: number;
  /** The page ends with the row that reaches so many events; default 1,000. */
  readonly events?: number;
}

/** Nothing is visible in it: reading from here is reading all of the log that is still kept. */
export const LOG_START: LogPosition = { done: '1:1:', reading: null, afterXid: 0n, afterId: 0n, afterEvent: 0 };

const ROWS_AT_ONCE = 100;
const EVENTS_AT_ONCE = 1_000;

/** The database has not come as far as the reader has: it was restored from a dump, or this is a replica that lags. */
export class EventLogFromElsewhere extends Error {
  override readonly name = 'EventLogFromElsewhere';
  constructor() {
    super(
      'The checkpoint is ahead of the database: it was restored from a dump, or is read from a replica. ' +
        'Restart the reader, from the oldest row of the log or from now.',
    );
  }
}

const logRow = z.object({
  xid: z.bigint(),
  id: z.bigint(),
  kind: z.enum(['stored', 'enriched', 'revised', 'marked', 'unmarked', 'erased']),
  skipped: z.int(),
  eventIds: z.array(z.string()),
  loggedAt: z.date(),
});
const passRow = z.object({ reading: z.string(), elsewhere: z.boolean(), looked: z.int().nullable() });

/** Position of a reader that wants to hear of what commits from now on. */
export async function currentLogPosition(db: SqlExecutor): Promise<LogPosition> {
  const [row] = await db.$queryRaw<unknown[]>`SELECT tallymark_log_snapshot()::text AS done`;
  return { ...LOG_START, done: z.object({ done: z.string() }).parse(row).done };
}

/**
 * What follows `position`. Going on from `next` each time gives every row of the kinds whose transaction commits exactly
 * once, and waits for no transaction that stays open. Passes come in commit order; within a pass rows come in order of
 * their transactions' numbers, and those of one transaction in the order it wrote them.
 *
 * Rows of the caller's own transaction are left for later. Never on a replica: it may not show what `reading` holds.
 *
 * @throws EventLogFromElsewhere when the position is ahead of the database.
 */
export async function readEventLog(
  db: SqlExecutor,
  position: LogPosition,
  { kinds, limit = ROWS_AT_ONCE, events = EVENTS_AT_ONCE }: ReadLogOptions,
): Promise<LogPage> {
  const { done, reading, afterXid, afterId, afterEvent } = position;
  // `reading` is taken by this statement or was by an earlier one, so that the statement sees every row visible in it.
  const rows = await db.$queryRaw<unknown[]>`
    WITH pass AS MATERIALIZED (
      SELECT ${done}::pg_snapshot AS done, coalesce(${reading}::pg_snapshot, tallymark_log_snapshot()) AS reading
    )
    SELECT pass.reading::text AS reading,
           greatest(pg_snapshot_xmax(pass.done), pg_snapshot_xmax(pass.reading)) > pg_snapshot_xmax(pg_current_snapshot())
             AS elsewhere,
           page.looked, page.xid, page.id, page.kind, page.skipped, page.logged_at AS "loggedAt",
           page.event_ids[page.skipped + 1 :] AS "eventIds"
    FROM pass LEFT JOIN LATERAL (
      SELECT *, (count(*) OVER ())::int AS looked, sum(cardinality(event_ids)) OVER (ORDER BY xid, id) AS so_far
      FROM (
        SELECT *, CASE WHEN (xid, id) = (${afterXid}::bigint, ${afterId}::bigint) THEN ${afterEvent}::int ELSE 0 END AS skipped
        FROM event_log
        WHERE xid >= greatest(pg_snapshot_xmin(pass.done)::text::bigint, ${afterXid}::bigint)
          AND xid < pg_snapshot_xmax(pass.reading)::text::bigint
          AND (xid, id) >= (${afterXid}::bigint, ${afterId}::bigint)
          AND NOT ((xid, id) = (${afterXid}::bigint, ${afterId}::bigint) AND cardinality(event_ids) <= ${afterEvent}::int)
          AND kind = ANY (${[...kinds]}::text[])
          AND pg_visible_in_snapshot(xid::text::xid8, pass.reading)
          AND NOT pg_visible_in_snapshot(xid::text::xid8, pass.done)
        ORDER BY xid, id
        LIMIT ${limit}
      ) AS unread
    ) AS page ON page.so_far - cardinality(page.event_ids) < ${events}
    ORDER BY page.xid, page.id`;
  const pass = passRow.parse(rows[0]);
  if (pass.elsewhere) throw new EventLogFromElsewhere();
  const batches = pass.looked === null ? [] : z.array(logRow).parse(rows);
  const last = batches.at(-1);
  const through = last === undefined || (batches.length === pass.looked && pass.looked < limit);
  const after = (batch: LogBatch, count: number): LogPosition => ({
    done,
    reading: pass.reading,
    afterXid: batch.xid,
    afterId: batch.id,
    afterEvent: batch.skipped + count,
  });
  return {
    batches,
    next: through ? { ...LOG_START, done: pass.reading } : after(last, last.eventIds.length),
    after,
    exhausted: through && reading === null,
  };
}

/** Logs what happened to stored events, in the caller's transaction; rows of up to 1,000 each. */
export async function appendEventLog(db: SqlExecutor, kind: EventLogKind, eventIds: readonly string[]): Promise<void> {
  for (let at = 0; at < eventIds.length; at += EVENTS_AT_ONCE) {
    const part = eventIds.slice(at, at + EVENTS_AT_ONCE);
    await db.$executeRaw`INSERT INTO event_log (kind, event_ids) VALUES (${kind}, ${part}::uuid[])`;
  }
}

/**
 * Makes a log that came out of a dump readable where the new database has not come as far as the old one had: its rows
 * are taken for rows of this transaction. Their readers have to start from LOG_START or from now. Returns rows changed.
 */
export function adoptRestoredLog(db: SqlExecutor): Promise<number> {
  return db.$executeRaw`
    UPDATE event_log SET xid = (pg_current_xact_id())::text::bigint
    WHERE xid > (pg_current_xact_id())::text::bigint
      AND xid >= (pg_snapshot_xmax(pg_current_snapshot()))::text::bigint`;
}

export interface TrimOptions {
  /** Whole days that rows stay although every reader has them behind it; default 7. */
  readonly keepDays?: number;
  /** Whole days after which rows go although somebody has not read them; default 30. */
  readonly capDays?: number;
  /** How far readers beside `event_subscriptions` have come: their `done`. */
  readonly readers?: readonly string[];
}

const trimmedChunk = z.object({
  removed: z.int(),
  subscriptions: z.array(z.string()),
  readers: z.array(z.string()),
});

export interface TrimmedLog {
  readonly removed: number;
  /** Who has lost rows unread. A subscription also has the events counted in its `missed`. */
  readonly leftBehind: { readonly subscriptions: readonly string[]; readonly readers: readonly string[] };
}

const TRIMMED_AT_ONCE = 10_000;

/**
 * Removes old rows that every enabled subscription and every other reader has behind it, and without regard to them those
 * beyond the cap: a reader left behind is told so instead of filling the disk. Disabled ones hold nothing up.
 */
export async function trimEventLog(
  db: SqlExecutor,
  { keepDays = 7, capDays = 30, readers = [] }: TrimOptions = {},
): Promise<TrimmedLog> {
  const leftBehind = { subscriptions: new Set<string>(), readers: new Set<string>() };
  let removed = 0;
  for (;;) {
    // From the oldest on, along the primary key: what a reader has not behind it ends the work.
    const [row] = await db.$queryRaw<unknown[]>`
      WITH oldest AS (
        SELECT xid, id, logged_at FROM event_log ORDER BY xid, id LIMIT ${TRIMMED_AT_ONCE}
      ), other_readers AS (
        SELECT done FROM unnest(${[...readers]}::text[]) AS done
      ), subscriptions AS MATERIALIZED (
        SELECT name, enabled, done::pg_snapshot AS done, reading::pg_snapshot AS reading, after_xid, after_id, after_event
        FROM event_subscriptions
      ), all_readers AS MATERIALIZED (
        SELECT done FROM subscriptions WHERE enabled
        UNION ALL SELECT done::pg_snapshot FROM other_readers
      ), gone AS (
        DELETE FROM event_log USING oldest
        WHERE event_log.xid = oldest.xid AND event_log.id = oldest.id
          AND (oldest.logged_at < now() - make_interval(days => ${capDays}::int)
            OR oldest.logged_at < now() - make_interval(days => ${keepDays}::int) AND NOT EXISTS (
              SELECT FROM all_readers WHERE NOT pg_visible_in_snapshot(oldest.xid::text::xid8, all_readers.done)))
        RETURNING event_log.xid, event_log.id, event_log.kind, cardinality(event_log.event_ids) AS events
      ), missed AS (
        SELECT name, sum(CASE WHEN (xid, id) = (after_xid, after_id) THEN greatest(0, events - after_event) ELSE events END)
          AS events
        FROM gone JOIN subscriptions ON gone.kind = 'stored'
          AND NOT pg_visible_in_snapshot(xid::text::xid8, done)
          AND NOT (reading IS NOT NULL AND (xid, id) < (after_xid, after_id)
            AND pg_visible_in_snapshot(xid::text::xid8, reading))
        GROUP BY name
      ), told AS (
        UPDATE event_subscriptions SET missed = event_subscriptions.missed + missed.events
        FROM missed WHERE missed.name = event_subscriptions.name AND missed.events > 0
        RETURNING event_subscriptions.name
      )
      SELECT (SELECT count(*) FROM gone)::int AS removed,
             ARRAY(SELECT name FROM told) AS subscriptions,
             ARRAY(SELECT done FROM other_readers WHERE EXISTS (
               SELECT FROM gone WHERE NOT pg_visible_in_snapshot(xid::text::xid8, done::pg_snapshot))) AS readers`;
    const chunk = trimmedChunk.parse(row);
    removed += chunk.removed;
    for (const name of chunk.subscriptions) leftBehind.subscriptions.add(name);
    for (const reader of chunk.readers) leftBehind.readers.add(reader);
    if (chunk.removed < TRIMMED_AT_ONCE) break;
  }
  return { removed, leftBehind: { subscriptions: [...leftBehind.subscriptions], readers: [...leftBehind.readers] } };
}
