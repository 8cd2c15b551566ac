import type { SqlExecutor } from '../sql-executor.ts';
import { addByDayAndMonth, dropEmptied } from './day-month-sums.ts';
import { CHANGES, type FactRange } from './fact-changes.ts';
import { TOUCH_CHANGES, touchSums } from './fold-touch-sums.ts';
import { retentionFloor } from './retention-runs.ts';

export interface TouchTables {
  readonly conversions: string;
  readonly days: string;
  readonly months: string;
}

/** How long a touch counts, in days of 24 hours: what a conversion says rests on facts that are so much older. */
export const TOUCH_DAYS = 90;
/** In hours: days of a time zone are not all as long. */
const WINDOW = `interval '${TOUCH_DAYS * 24} hours'`;
/** Times are whole milliseconds: what is before the window is as old as this, or older. */
const BEFORE_WINDOW = `interval '${TOUCH_DAYS * 24} hours 0.001 seconds'`;

const CAMPAIGN = 'coalesce(f.campaign_id, f.utm_campaign)';
const SOURCE = 'coalesce(f.utm_source, f.influencer_id)';
const IS_TOUCH = `${CAMPAIGN} IS NOT NULL`;
const CONVERSION = `f.id, f.site_id, f.visitor, f.is_bot, f.occurred_at, f.weight, coalesce(f.value, 0) AS value,
  ${CAMPAIGN} AS campaign, CASE WHEN ${IS_TOUCH} THEN ${SOURCE} END AS source`;
const TOUCH = `f.site_id, f.visitor, f.occurred_at, f.id, ${CAMPAIGN} AS campaign, ${SOURCE} AS source`;
const OF_VISITOR = `f.site_id = visitors.site_id AND f.visitor = visitors.visitor
  AND f.occurred_at BETWEEN visitors.since AND visitors.until AND f.change <= $2::bigint AND ${IS_TOUCH}`;

/**
 * CTE `conversions`: those to be worked out, as at fold $2. They are the ones that changed, and the ones that a touch which
 * changed is in the 90 days of; a visitor without any costs one look into the table.
 */
const conversionsOf = (table: string) => `touched AS MATERIALIZED (
  SELECT f.site_id, f.visitor, min(f.occurred_at) AS since, max(f.occurred_at) + ${WINDOW} AS until
  FROM changes f WHERE f.visitor IS NOT NULL AND ${IS_TOUCH} GROUP BY 1, 2
), wanted AS MATERIALIZED (
  SELECT f.id FROM changes f WHERE f.conversion
  UNION
  SELECT known.event_id FROM touched CROSS JOIN LATERAL (
    SELECT event_id FROM ${table} AS model
    WHERE model.site_id = touched.site_id AND model.visitor = touched.visitor
      AND model.occurred_at BETWEEN touched.since AND touched.until
    OFFSET 0) AS known
), conversions AS MATERIALIZED (
  SELECT ${CONVERSION} FROM event_facts f
  WHERE f.id = ANY (ARRAY(SELECT id FROM wanted)) AND f.change <= $2::bigint AND f.conversion
  UNION ALL
  SELECT ${CONVERSION} FROM fact_retractions f
  WHERE f.id IN (SELECT id FROM wanted) AND f.change <= $2::bigint AND f.retracted > $2::bigint AND f.conversion
)`;

/**
 * CTEs `touches`, each with its number among those of its visitor, and `placed`: how many touches of the visitor come
 * before the 90 days of a conversion, and how many up to the conversion itself. Each visitor is read once.
 */
const TOUCHES = `visitors AS MATERIALIZED (
  SELECT site_id, visitor, min(occurred_at) - ${WINDOW} AS since, max(occurred_at) AS until
  FROM conversions WHERE visitor IS NOT NULL GROUP BY 1, 2
), touches AS MATERIALIZED (
  SELECT f.*, row_number() OVER (PARTITION BY site_id, visitor ORDER BY occurred_at, id) AS number FROM (
    SELECT found.* FROM visitors
    CROSS JOIN LATERAL (SELECT ${TOUCH} FROM event_facts f WHERE ${OF_VISITOR} OFFSET 0) AS found
    UNION ALL
    SELECT ${TOUCH} FROM fact_retractions f JOIN visitors ON ${OF_VISITOR} AND f.retracted > $2::bigint) f
), placed AS (
  SELECT id, converted,
    count(*) FILTER (WHERE NOT converted) OVER (PARTITION BY site_id, visitor
      ORDER BY occurred_at RANGE BETWEEN UNBOUNDED PRECEDING AND ${BEFORE_WINDOW} PRECEDING) AS before,
    count(*) FILTER (WHERE NOT converted) OVER (PARTITION BY site_id, visitor
      -- A conversion that is a touch itself comes behind it.
      ORDER BY occurred_at, id, converted ROWS UNBOUNDED PRECEDING) AS upto
  FROM (SELECT site_id, visitor, occurred_at, id, true AS converted FROM conversions WHERE visitor IS NOT NULL
        UNION ALL SELECT site_id, visitor, occurred_at, id, false FROM touches) AS both_kinds
)`;

const ALL = [
  ...['event_id', 'site_id', 'visitor', 'is_bot', 'occurred_at', 'weight', 'value'],
  ...['first_campaign', 'first_source', 'last_campaign', 'last_source'],
];

/**
 * The campaigns that brought whoever converted: the first and the last touch of a conversion's visitor in the 90 days up
 * to and including it, in the order of time and id. A touch is a fact that names a campaign. A conversion of nobody known
 * has its own touch, if any. Rows of conversions that retention took the facts of stay as they are, and one that is worked
 * out again keeps the first touch it had where retention may have taken it, and the last where no other is found.
 */
export async function foldTouches(
  tx: SqlExecutor,
  { conversions: table, ...tables }: TouchTables,
  range: FactRange,
): Promise<void> {
  const sums = touchSums(tables);
  const floor = await retentionFloor(tx);
  const kept = `(was.event_id IS NOT NULL AND c.occurred_at - ${WINDOW} < $3::timestamptz)`;
  const answer = await tx.$queryRawUnsafe(
    `WITH ${CHANGES}, ${conversionsOf(table)}, ${TOUCHES}, lost AS MATERIALIZED (
       SELECT f.id FROM changes f WHERE f.conversion AND sign < 0 EXCEPT SELECT id FROM conversions
     ), was AS MATERIALIZED (
       SELECT ${ALL.join(', ')} FROM ${table}
       WHERE event_id = ANY (ARRAY(SELECT id FROM lost UNION ALL SELECT id FROM conversions))
     ), became AS MATERIALIZED (
     SELECT c.id AS event_id, c.site_id, c.visitor, c.is_bot, c.occurred_at, c.weight, c.value,
       CASE WHEN c.visitor IS NULL THEN c.campaign WHEN ${kept} THEN was.first_campaign
            ELSE first.campaign END AS first_campaign,
       CASE WHEN c.visitor IS NULL THEN c.source WHEN ${kept} THEN was.first_source ELSE first.source END AS first_source,
       CASE WHEN c.visitor IS NULL THEN c.campaign WHEN ${kept} AND last.number IS NULL THEN was.last_campaign
            ELSE last.campaign END AS last_campaign,
       CASE WHEN c.visitor IS NULL THEN c.source WHEN ${kept} AND last.number IS NULL THEN was.last_source
            ELSE last.source END AS last_source
     FROM conversions c
     LEFT JOIN was ON was.event_id = c.id
     LEFT JOIN placed ON placed.id = c.id AND placed.converted AND placed.upto > placed.before
     LEFT JOIN touches first
       ON first.site_id = c.site_id AND first.visitor = c.visitor AND first.number = placed.before + 1
     LEFT JOIN touches last ON last.site_id = c.site_id AND last.visitor = c.visitor AND last.number = placed.upto
     ), gone AS (
       DELETE FROM ${table} WHERE event_id = ANY (ARRAY(SELECT id FROM lost))
     ), written AS (
       INSERT INTO ${table} (${ALL.join(', ')}) SELECT ${ALL.join(', ')} FROM became
       ON CONFLICT (event_id) DO UPDATE SET ${ALL.slice(1)
         .map((column) => `${column} = excluded.${column}`)
         .join(', ')}
     ), ${TOUCH_CHANGES}, ${addByDayAndMonth(sums)}`,
    range.after,
    range.upTo,
    floor?.toISOString() ?? null,
  );
  await dropEmptied(tx, sums, answer);
}
