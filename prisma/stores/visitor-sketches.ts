import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

/** A UTC day or month of a site; `startsOn` is its first day as `YYYY-MM-DD`. */
export interface SketchPeriod {
  readonly siteId: string;
  readonly startsOn: string;
}

/** Whom a sketch is of: everybody, all but bots, or bots alone. Of one day somebody may be in all three. */
export const AUDIENCES = ['all', 'people', 'bots'] as const;
export type Audience = (typeof AUDIENCES)[number];

export interface VisitorSketch extends SketchPeriod {
  readonly grain: 'day' | 'month';
  readonly audience: Audience;
  /** Exact for a day, the sketch's estimate for a month. */
  readonly visitors: number;
  readonly sketch: Uint8Array<ArrayBuffer>;
}

const period = z.object({ siteId: z.string(), startsOn: z.string() });
const bytes = z.instanceof(Uint8Array);
const audience = z.enum(AUDIENCES);

const MONTH_OF = (day: string) => `date_trunc('month', ${day}::timestamp)::date`;
const withinMonth = (day: string, month: string) =>
  `${day} >= ${month} AND ${day} < (${month} + interval '1 month')::date`;

/**
 * Locks the three tables in the order in which a rebuild swaps them, so that neither waits for the other in a circle.
 * First in the transaction.
 */
export async function lockSketchTables(tx: SqlExecutor): Promise<void> {
  await tx.$executeRaw`LOCK TABLE visitor_quarters, visitor_sketches, visitor_sketches_due IN ROW EXCLUSIVE MODE`;
}

/**
 * Puts ended days on the list that have visitors but no sketch, and are not on it: those of months without a sketch,
 * which is how a sketch that got lost is missed. A rebuild with a floor leaves such days behind it. Returns days added.
 */
export async function listForgottenDays(tx: SqlExecutor, today: string): Promise<number> {
  // The limits keep the planner from making joins of what are looks into an index.
  return tx.$executeRaw`
    WITH months AS MATERIALIZED (
      SELECT s.id AS site_id, m.month
      FROM sites s
      CROSS JOIN LATERAL (SELECT min(quarter) AT TIME ZONE 'UTC' AS at FROM visitor_quarters WHERE site_id = s.id) AS first
      CROSS JOIN LATERAL generate_series(date_trunc('month', first.at), ${today}::timestamp, interval '1 month') AS m (month)
      CROSS JOIN LATERAL (
        SELECT FROM visitor_quarters v
        WHERE v.site_id = s.id AND v.quarter >= m.month AT TIME ZONE 'UTC'
          AND v.quarter < (m.month + interval '1 month') AT TIME ZONE 'UTC'
        LIMIT 1) AS somebody
      WHERE NOT EXISTS (
        SELECT FROM visitor_sketches k WHERE k.site_id = s.id AND k.grain = 'month' AND k.starts_on = m.month::date)
    )
    INSERT INTO visitor_sketches_due (site_id, starts_on)
    SELECT m.site_id, d.day::date
    FROM months m
    CROSS JOIN LATERAL generate_series(
      m.month, least(m.month + interval '1 month', ${today}::timestamp) - interval '1 day', interval '1 day') AS d (day)
    CROSS JOIN LATERAL (
      SELECT FROM visitor_quarters v
      WHERE v.site_id = m.site_id AND v.quarter >= d.day AT TIME ZONE 'UTC'
        AND v.quarter < (d.day + interval '1 day') AT TIME ZONE 'UTC'
      LIMIT 1) AS somebody
    WHERE NOT EXISTS (
      SELECT FROM visitor_sketches k WHERE k.site_id = m.site_id AND k.grain = 'day' AND k.starts_on = d.day::date)
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING`;
}

/**
 * A day before `today` that is on the list, and locks its row: whoever counts visitors of that day waits from now on, and
 * puts it on the list again. Null where there is none that nobody else is at.
 */
export async function claimDueDay(tx: SqlExecutor, today: string): Promise<SketchPeriod | null> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT site_id::text AS "siteId", starts_on::text AS "startsOn" FROM visitor_sketches_due
    WHERE starts_on < ${today}::date ORDER BY starts_on, site_id LIMIT 1 FOR UPDATE SKIP LOCKED`;
  return rows.length === 0 ? null : period.parse(rows[0]);
}

/** The visitors of a UTC day, distinct, by audience: 8 bytes each, in no order. */
export async function readDayVisitors(
  tx: SqlExecutor,
  { siteId, startsOn }: SketchPeriod,
): Promise<{ readonly audience: Audience; readonly hashes: Uint8Array }[]> {
  const rows = await tx.$queryRaw`
    WITH seen AS (
      SELECT visitor, bool_or(is_bot) AS as_bot, bool_or(NOT is_bot) AS as_person FROM visitor_quarters
      WHERE site_id = ${siteId}::uuid AND quarter >= ${startsOn}::timestamp AT TIME ZONE 'UTC'
        AND quarter < (${startsOn}::timestamp + interval '1 day') AT TIME ZONE 'UTC'
      GROUP BY visitor
    )
    SELECT audience, coalesce(hashes, ''::bytea) AS hashes
    FROM (SELECT string_agg(int8send(visitor), ''::bytea) AS everybody,
                 string_agg(int8send(visitor), ''::bytea) FILTER (WHERE as_person) AS people,
                 string_agg(int8send(visitor), ''::bytea) FILTER (WHERE as_bot) AS bots FROM seen) AS of_day
    CROSS JOIN LATERAL (VALUES ('all', everybody), ('people', people), ('bots', bots)) AS told (audience, hashes)`;
  return z.array(z.object({ audience, hashes: bytes })).parse(rows);
}

/** Keeps others from writing sketches of the month that the day lies in. Until the transaction ends. */
export async function lockSketchMonth(tx: SqlExecutor, { siteId, startsOn }: SketchPeriod): Promise<void> {
  const name = `visitor sketches ${siteId} ${startsOn.slice(0, 7)}`;
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))::text`;
}

/** In place of one that is there. */
export async function saveSketch(tx: SqlExecutor, sketch: VisitorSketch): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO visitor_sketches (site_id, grain, starts_on, audience, visitors, sketch)
    VALUES (${sketch.siteId}::uuid, ${sketch.grain}, ${sketch.startsOn}::date, ${sketch.audience},
            ${sketch.visitors}::bigint, ${sketch.sketch})
    ON CONFLICT (site_id, grain, starts_on, audience)
    DO UPDATE SET visitors = excluded.visitors, sketch = excluded.sketch`;
}

/** Takes a day off the list, and its month's sketch, which knew less, away. Under the lock of the month. */
export async function settleDueDay(tx: SqlExecutor, { siteId, startsOn }: SketchPeriod): Promise<void> {
  await tx.$executeRawUnsafe(
    `DELETE FROM visitor_sketches
     WHERE site_id = $1::uuid AND grain = 'month' AND starts_on = ${MONTH_OF('$2')}`,
    siteId,
    startsOn,
  );
  await tx.$executeRaw`
    DELETE FROM visitor_sketches_due WHERE site_id = ${siteId}::uuid AND starts_on = ${startsOn}::date`;
}

/** Months before that of `today` whose days have their sketches, all of them, while the month has none. */
export async function listMonthsToSketch(db: SqlExecutor, today: string): Promise<SketchPeriod[]> {
  const rows = await db.$queryRawUnsafe(
    `SELECT m.site_id::text AS "siteId", m.month::text AS "startsOn"
     FROM (SELECT DISTINCT site_id, ${MONTH_OF('starts_on')} AS month FROM visitor_sketches
           WHERE grain = 'day' AND starts_on < ${MONTH_OF('$1')}) AS m
     WHERE NOT EXISTS (
         SELECT FROM visitor_sketches k WHERE k.site_id = m.site_id AND k.grain = 'month' AND k.starts_on = m.month)
       AND NOT EXISTS (
         SELECT FROM visitor_sketches_due d WHERE d.site_id = m.site_id AND ${withinMonth('d.starts_on', 'm.month')})
     ORDER BY 2, 1`,
    today,
  );
  return z.array(period).parse(rows);
}

/** The sketches of a month's days; none while a day is on the list or when the month has its own. Under its lock. */
export async function readDaySketches(
  tx: SqlExecutor,
  { siteId, startsOn }: SketchPeriod,
): Promise<{ readonly audience: Audience; readonly sketch: Uint8Array }[]> {
  const rows = await tx.$queryRawUnsafe(
    `SELECT k.audience, k.sketch FROM visitor_sketches k
     WHERE k.site_id = $1::uuid AND k.grain = 'day' AND ${withinMonth('k.starts_on', '$2::date')}
       AND NOT EXISTS (
         SELECT FROM visitor_sketches_due d WHERE d.site_id = $1::uuid AND ${withinMonth('d.starts_on', '$2::date')})
       AND NOT EXISTS (
         SELECT FROM visitor_sketches m WHERE m.site_id = $1::uuid AND m.grain = 'month' AND m.starts_on = $2::date)`,
    siteId,
    startsOn,
  );
  return z.array(z.object({ audience, sketch: bytes })).parse(rows);
}
