import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { FACT_COLUMNS } from './fact-changes.ts';
import { coveredByEvents, refuseLeavingMonthsOf } from './fact-months.ts';

/** What a plan says of one event type, as far as facts depend on it: names of props, roles. */
export interface FactType {
  readonly eventType: string;
  readonly page: string | null;
  readonly campaignId: string | null;
  readonly influencerId: string | null;
  readonly value: string | null;
  readonly cost: string | null;
  readonly campaignRole: string | null;
  readonly conversion: boolean;
}

export interface Reconciliation {
  /** Number of this fold. */
  readonly change: bigint;
  /** Events to look at, in any order, each once. */
  readonly ids: readonly string[];
  /**
   * Those among them that were erased. An event that is gone otherwise was taken by retention: its fact goes uncounted. So
   * it is where the month of the event is not attached, which tells nothing about the event.
   */
  readonly erased: readonly string[];
  readonly types: readonly FactType[];
  /** Props as the plan has them today, by the id of an event that was stored under an older version. */
  readonly upcast: ReadonlyMap<string, object>;
  /** Leaves out events that have no attribution yet: their enrichment will be heard of. */
  readonly awaitEnrichment: boolean;
}

export interface Reconciled {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

const UUID = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
/** Longer ones would not fit an index. */
const PAGE_LENGTH = 500;
const LABEL_LENGTH = 200;

const label = (expression: string) => `left(${expression}, ${LABEL_LENGTH})`;

/** A prop that is a number a double holds; a host may have written anything by hand. */
const number = (prop: string) => `CASE WHEN jsonb_typeof(p.props -> ${prop}) = 'number'
    AND abs((p.props ->> ${prop})::numeric) < 1e15 THEN (p.props ->> ${prop})::float8 END`;

/** Each column of a fact, from event `e`, its attribution `a`, its type `t`, its props `p` and what was upcast `u`. */
const SOURCES: Readonly<Record<(typeof FACT_COLUMNS)[number], string>> = {
  id: 'e.id',
  site_id: 'e.site_id',
  occurred_at: 'e.occurred_at',
  visitor: 'hashtextextended(e.visitor_id, 0)',
  session_id: `CASE WHEN a.session_json ->> 'id' ~ '${UUID}' THEN (a.session_json ->> 'id')::uuid END`,
  // What ingest samples by.
  sampling_unit: `CASE WHEN e.sampling_rate < 100
    THEN hashtextextended(coalesce(e.visitor_id, e.session_id, e.actor_id, e.id::text), 0) END`,
  weight: 'e.count::float8 * 100 / e.sampling_rate::float8',
  value: number('t.value'),
  cost: number('t.cost'),
  sampling_rate: 'e.sampling_rate',
  is_bot: 'coalesce(a.is_bot, false)',
  conversion: 'coalesce(t.conversion, false)',
  event_type: 'e.event_type',
  source: 'e.source',
  service: 'e.service',
  channel: 'a.channel',
  referrer_domain: label('a.referrer_domain'),
  utm_source: label('a.utm_source'),
  utm_medium: label('a.utm_medium'),
  utm_campaign: label('a.utm_campaign'),
  utm_content: label('a.utm_content'),
  utm_term: label('a.utm_term'),
  device_type: label('a.device_type'),
  browser: label('a.browser'),
  os: label('a.os'),
  // Of the browser's language, as the caller sent it: `en-GB` is English in Great Britain.
  language: `lower(substring(e.touch_json ->> 'language' FROM '^[A-Za-z]{2,3}(?![A-Za-z])'))`,
  country: `upper(substring(e.touch_json ->> 'language' FROM '^[A-Za-z]{2,3}(?:-[A-Za-z]{4})?-([A-Za-z]{2})(?![A-Za-z0-9])'))`,
  page: `left(p.props ->> t.page, ${PAGE_LENGTH})`,
  entity_type: label('e.entity_type'),
  entity_id: label('e.entity_id'),
  campaign_role: 'CASE WHEN p.props ->> t.campaign_id IS NOT NULL THEN t.campaign_role END',
  campaign_id: label('p.props ->> t.campaign_id'),
  influencer_id: label('p.props ->> t.influencer_id'),
  props: 'u.props',
};

const list = (alias: string) => FACT_COLUMNS.map((column) => `${alias}.${column}`).join(', ');

// One statement, so that it sees one state of everything. A fact is compared as a whole: what is as it was stays as it was.
const RECONCILE = `
WITH types AS MATERIALIZED (
  SELECT * FROM unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::boolean[])
    AS t (event_type, page, campaign_id, influencer_id, value, cost, campaign_role, conversion)
), upcast AS MATERIALIZED (
  SELECT * FROM unnest($13::uuid[], $14::jsonb[]) AS u (id, props)
), standing AS MATERIALIZED (
  SELECT f.* FROM event_facts f WHERE f.id = ANY ($1::uuid[]) AND f.id >= $2::uuid AND f.id <= $3::uuid
), stored AS MATERIALIZED (
  SELECT e.* FROM events e WHERE e.id = ANY ($1::uuid[]) AND e.id >= $2::uuid AND e.id <= $3::uuid
), wanted AS MATERIALIZED (
  SELECT ${FACT_COLUMNS.map((column) => `${SOURCES[column]} AS ${column}`).join(', ')}
  FROM stored e
  LEFT JOIN (
    SELECT * FROM attribution
    WHERE event_id = ANY ($1::uuid[]) AND event_id >= $2::uuid AND event_id <= $3::uuid) a ON a.event_id = e.id
  LEFT JOIN types t ON t.event_type = e.event_type
  LEFT JOIN upcast u ON u.id = e.id
  CROSS JOIN LATERAL (SELECT coalesce(u.props, e.props_json) AS props) p
  WHERE e.occurred_at >= '1970-01-01T00:00:00Z' AND e.occurred_at < '10000-01-01T00:00:00Z'
    AND (e.props_json -> '_duplicate' = 'true') IS NOT TRUE
    AND (NOT $15::boolean OR a.event_id IS NOT NULL OR e.id IN (SELECT id FROM standing))
    -- What was counted before retention took its month, and came back with it, is not counted again.
    AND (e.id IN (SELECT id FROM standing) OR to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY_MM') NOT IN (
      SELECT month FROM event_archives WHERE restored_at IS NOT NULL))
), unwanted AS MATERIALIZED (
  SELECT s.id FROM standing s
  WHERE s.id NOT IN (SELECT id FROM wanted) AND (s.id IN (SELECT id FROM stored) OR s.id = ANY ($16::uuid[]))
), different AS MATERIALIZED (
  SELECT s.id FROM standing s JOIN wanted w ON w.id = s.id WHERE (${list('s')}) IS DISTINCT FROM (${list('w')})
), kept AS (
  INSERT INTO fact_retractions (change, ${FACT_COLUMNS.join(', ')}, retracted)
  SELECT s.change, ${list('s')}, $4::bigint FROM standing s
  WHERE s.id IN (SELECT id FROM unwanted) OR s.id IN (SELECT id FROM different)
), removed AS (
  DELETE FROM event_facts f USING unwanted
  WHERE f.id = unwanted.id AND f.id = ANY ($1::uuid[]) AND f.id >= $2::uuid AND f.id <= $3::uuid RETURNING f.id
), changed AS (
  UPDATE event_facts f SET (change, ${FACT_COLUMNS.join(', ')}) = ($4::bigint, ${list('w')})
  FROM wanted w JOIN different d ON d.id = w.id
  WHERE f.id = w.id AND f.id = ANY ($1::uuid[]) AND f.id >= $2::uuid AND f.id <= $3::uuid RETURNING f.id
), added AS (
  INSERT INTO event_facts (change, ${FACT_COLUMNS.join(', ')})
  SELECT $4::bigint, ${list('w')} FROM wanted w WHERE w.id NOT IN (SELECT id FROM standing) ORDER BY w.id
  RETURNING id
)
SELECT (SELECT count(*) FROM added)::int AS added, (SELECT count(*) FROM changed)::int AS changed,
       (SELECT count(*) FROM removed)::int AS removed`;

const counts = z.tuple([z.object({ added: z.int(), changed: z.int(), removed: z.int() })]);

/**
 * Makes the facts of events what the events are now: there, changed or gone. What a fact was before is kept in
 * `fact_retractions`. Doing it again changes nothing, and no order of events is needed: each fact follows from what is
 * stored, not from what was reported. One caller at a time, in the transaction that commits `change`.
 *
 * @throws MonthIsLeaving for events of a month that retention is taking away.
 */
export async function reconcileFacts(tx: SqlExecutor, work: Reconciliation): Promise<Reconciled> {
  if (work.ids.length === 0) return { added: 0, changed: 0, removed: 0 };
  await refuseLeavingMonthsOf(tx, work.ids);
  const erased = await coveredByEvents(tx, work.erased);
  const sorted = [...work.ids].sort();
  const of = <Key extends keyof FactType>(key: Key) => work.types.map((type) => type[key]);
  // Of a list that is also a range the planner expects a hundredth of what it gets, and would join row by row.
  await tx.$queryRaw`SELECT set_config('enable_nestloop', 'off', true)`;
  const answer = await tx.$queryRawUnsafe(
    RECONCILE,
    sorted,
    sorted[0],
    sorted.at(-1),
    work.change,
    of('eventType'),
    of('page'),
    of('campaignId'),
    of('influencerId'),
    of('value'),
    of('cost'),
    of('campaignRole'),
    of('conversion'),
    [...work.upcast.keys()],
    [...work.upcast.values()].map((props) => JSON.stringify(props)),
    work.awaitEnrichment,
    erased,
  );
  await tx.$queryRaw`SELECT set_config('enable_nestloop', 'on', true)`;
  return counts.parse(answer)[0];
}
