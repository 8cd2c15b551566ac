import { CHANGES } from './fact-changes.ts';

/** What a session says as its first fact does, in the order of the facts' times and ids. */
const OF_FIRST = [
  'site_id',
  'visitor',
  'is_bot',
  'channel',
  'referrer_domain',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'device_type',
  'browser',
  'os',
  'country',
] as const;

/** Sums over facts `f`: rows, what they stand for, and page views and conversions by the row. */
const SUMS = {
  stored: '1',
  events: 'f.weight',
  page_views: '(f.page IS NOT NULL)::int',
  conversions: 'f.conversion::int',
  value: 'coalesce(f.value, 0) * f.weight',
} as const;

/** Columns of `sessions`, as they are written. */
export const SESSION_COLUMNS = [
  'id',
  ...OF_FIRST,
  'started_at',
  'ended_at',
  ...Object.keys(SUMS),
  'entry_page',
  'exit_page',
] as const;

const PIECE = ['id', 'session_id', 'occurred_at', 'weight', 'value', 'conversion', 'page', ...OF_FIRST]
  .map((column) => `f.${column}`)
  .join(', ');

const sums = (of: (value: string) => string) => Object.entries(SUMS).map(([name, value]) => `${of(value)} AS ${name}`);

/** The sum of a piece where it is all of the session: adding and taking away leaves more rounding behind. */
const summed = (name: string) =>
  `CASE WHEN whole.it_is THEN piece.${name} ELSE was.${name} + touched.${name} END AS ${name}`;

const ofFirst = (column: string) =>
  `CASE WHEN whole.it_is OR piece.started_at < was.started_at THEN first.${column} ELSE was.${column} END AS ${column}`;

/**
 * CTEs `was`, the sessions that changes touch as the table has them, and `became`, those of them that have facts left, as
 * they are at fold $2.
 *
 * Facts that lie before or behind all of a session are added to what is known of it, however long it is; for a page view
 * at the very moment it ended, as in logs of whole seconds, those of that moment are looked at too. It is read again where
 * that does not tell: when it has lost a fact, and when a page view comes in between, or a fact as it began.
 * That is read as at fold $2, for facts may be ahead of this read model. A session that retention took facts of is not
 * whole any more: it keeps what they said, and only what has changed is added or taken away.
 */
export const sessionStates = (sessions: string) => `${CHANGES}, touched AS MATERIALIZED (
  SELECT f.session_id AS id, ${sums((value) => `sum(sign * ${value})`).join(', ')}
  FROM changes f WHERE f.session_id IS NOT NULL GROUP BY 1
), was AS MATERIALIZED (
  SELECT * FROM ${sessions} WHERE id = ANY (ARRAY(SELECT id FROM touched))
), reread AS MATERIALIZED (
  SELECT DISTINCT was.id FROM changes f JOIN was ON was.id = f.session_id
  WHERE sign < 0 OR f.occurred_at = was.started_at
    OR f.page IS NOT NULL AND f.occurred_at >= was.started_at AND f.occurred_at < was.ended_at
), tied AS MATERIALIZED (
  SELECT DISTINCT was.id, was.site_id, was.ended_at FROM changes f JOIN was ON was.id = f.session_id
  WHERE f.page IS NOT NULL AND f.occurred_at = was.ended_at AND was.id NOT IN (SELECT id FROM reread)
), standing AS MATERIALIZED (
  SELECT found.* FROM tied CROSS JOIN LATERAL (
    SELECT ${PIECE} FROM event_facts f
    -- As text, so that no index of sessions is used: it would read all of the session for one moment of it.
    WHERE f.site_id = tied.site_id AND f.occurred_at = tied.ended_at AND f.session_id::text = tied.id::text
      AND f.page IS NOT NULL AND f.change <= $1::bigint
    OFFSET 0) AS found
  UNION ALL
  SELECT ${PIECE} FROM fact_retractions f JOIN tied ON f.session_id = tied.id AND f.occurred_at = tied.ended_at
  WHERE f.page IS NOT NULL AND f.change <= $1::bigint AND f.retracted > $2::bigint
), views AS (
  SELECT session_id AS id, count(*) AS at_end FROM standing GROUP BY 1
), pieces AS MATERIALIZED (
  SELECT ${PIECE}, true AS adds FROM changes f
  WHERE sign > 0 AND f.session_id IS NOT NULL AND f.session_id NOT IN (SELECT id FROM reread)
  UNION ALL
  SELECT *, false FROM standing
  UNION ALL
  SELECT ${PIECE}, true FROM event_facts f
  WHERE f.session_id = ANY (ARRAY(SELECT id FROM reread)) AND f.change <= $2::bigint
  UNION ALL
  SELECT ${PIECE}, true FROM fact_retractions f
  WHERE f.change <= $2::bigint AND f.retracted > $2::bigint AND f.session_id IN (SELECT id FROM reread)
), piece AS (
  SELECT f.session_id AS id, min(f.occurred_at) AS started_at, max(f.occurred_at) AS ended_at,
    ${sums((value) => `sum(${value}) FILTER (WHERE f.adds)`).join(', ')}
  FROM pieces f GROUP BY 1
), first AS (
  SELECT DISTINCT ON (session_id) * FROM pieces ORDER BY session_id, occurred_at, id
), entry AS (
  SELECT DISTINCT ON (session_id) * FROM pieces WHERE page IS NOT NULL ORDER BY session_id, occurred_at, id
), exit AS (
  SELECT DISTINCT ON (session_id) * FROM pieces WHERE page IS NOT NULL ORDER BY session_id, occurred_at DESC, id DESC
), became AS MATERIALIZED (
  SELECT touched.id, ${OF_FIRST.map(ofFirst).join(', ')},
    CASE WHEN whole.it_is THEN piece.started_at ELSE least(was.started_at, piece.started_at) END AS started_at,
    CASE WHEN whole.it_is THEN piece.ended_at ELSE greatest(was.ended_at, piece.ended_at) END AS ended_at,
    ${Object.keys(SUMS).map(summed).join(', ')},
    CASE WHEN whole.it_is OR was.entry_page IS NULL OR entry.occurred_at < was.started_at
        OR was.page_views = views.at_end
      THEN entry.page ELSE was.entry_page END AS entry_page,
    CASE WHEN whole.it_is OR was.exit_page IS NULL OR exit.occurred_at >= was.ended_at
      THEN exit.page ELSE was.exit_page END AS exit_page
  FROM touched
  LEFT JOIN was ON was.id = touched.id
  LEFT JOIN views ON views.id = touched.id
  LEFT JOIN piece ON piece.id = touched.id
  LEFT JOIN first ON first.session_id = touched.id
  LEFT JOIN entry ON entry.session_id = touched.id
  LEFT JOIN exit ON exit.session_id = touched.id
  CROSS JOIN LATERAL (SELECT was.id IS NULL OR piece.stored IS NOT DISTINCT FROM was.stored + touched.stored AS it_is) whole
  WHERE coalesce(was.stored, 0) + touched.stored > 0
)`;
