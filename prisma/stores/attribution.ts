import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { packRows } from './pack-rows.ts';

/** What is written of the session an event belongs to, and of where it came from. */
export interface SessionAttribution {
  readonly eventId: string;
  readonly sessionJson: object | null;
  readonly landingPage: string | null;
  readonly referrer: string | null;
  readonly referrerDomain: string | null;
  readonly channel: string | null;
  readonly utmSource: string | null;
  readonly utmMedium: string | null;
  readonly utmCampaign: string | null;
  readonly utmContent: string | null;
  readonly utmTerm: string | null;
  readonly clickIdsJson: object | null;
}

export interface NewAttribution extends SessionAttribution {
  readonly deviceType: string | null;
  readonly deviceBrand: string | null;
  readonly deviceModel: string | null;
  readonly os: string | null;
  readonly osVersion: string | null;
  readonly browser: string | null;
  readonly browserVersion: string | null;
  readonly isBot: boolean;
  readonly snapshotJson: object | null;
}

type Columns<Row> = readonly (readonly [field: keyof Row, column: string, type: 'text' | 'jsonb' | 'boolean'])[];

const SESSION_COLUMNS: Columns<SessionAttribution> = [
  ['sessionJson', 'session_json', 'jsonb'],
  ['landingPage', 'landing_page', 'text'],
  ['referrer', 'referrer', 'text'],
  ['referrerDomain', 'referrer_domain', 'text'],
  ['channel', 'channel', 'text'],
  ['utmSource', 'utm_source', 'text'],
  ['utmMedium', 'utm_medium', 'text'],
  ['utmCampaign', 'utm_campaign', 'text'],
  ['utmContent', 'utm_content', 'text'],
  ['utmTerm', 'utm_term', 'text'],
  ['clickIdsJson', 'click_ids_json', 'jsonb'],
];

const COLUMNS: Columns<NewAttribution> = [
  ...SESSION_COLUMNS,
  ['deviceType', 'device_type', 'text'],
  ['deviceBrand', 'device_brand', 'text'],
  ['deviceModel', 'device_model', 'text'],
  ['os', 'os', 'text'],
  ['osVersion', 'os_version', 'text'],
  ['browser', 'browser', 'text'],
  ['browserVersion', 'browser_version', 'text'],
  ['isBot', 'is_bot', 'boolean'],
  ['snapshotJson', 'snapshot_json', 'jsonb'],
];

const namesOf = <Row>(columns: Columns<Row>) => columns.map(([, column]) => column).join(', ');

const valuesOf = <Row>(columns: Columns<Row>) =>
  columns.map(([, , type], at) => (type === 'text' ? `cells[${at + 2}]` : `cells[${at + 2}]::${type}`)).join(', ');

/** Rows as `packRows` makes them of an id and the columns: parameters 1 to 4. OFFSET: see `insertEvents`. */
const PACKED = `(SELECT cells[1]::uuid AS event_id, cells
  FROM (SELECT string_to_array(line, $3::text, $4::text) AS cells
        FROM string_to_table($1::text, $2::text) AS lines (line) OFFSET 0) AS split) AS row`;

function parametersOf<Row extends { readonly eventId: string }>(rows: readonly Row[], columns: Columns<Row>): string[] {
  const values = rows.map((row) => [row.eventId, ...columns.map(([field]) => row[field])]);
  const { text, row, field, nil } = packRows(values, [false, ...columns.map(([, , type]) => type === 'jsonb')]);
  return [text, row, field, nil];
}

const idsOf = (rows: readonly { readonly eventId: string }[]) => rows.map(({ eventId }) => eventId);

// From events, so that one that was erased meanwhile stays away; in id order, so that two jobs with the same events wait
// for each other. The backlog loses those of the ids that are enriched now or were before, and those whose event is gone:
// as this statement sees it, because an event may have been committed since it was looked for.
const INSERT = `WITH written AS (
  INSERT INTO attribution (event_id, ${namesOf(COLUMNS)})
  SELECT row.event_id, ${valuesOf(COLUMNS)} FROM ${PACKED}
  JOIN events ON events.id = row.event_id AND events.id = ANY ($5::uuid[])
  ORDER BY row.event_id
  ON CONFLICT (event_id) DO NOTHING RETURNING event_id
), gone AS (
  DELETE FROM enrichment_backlog WHERE event_id = ANY ($6::uuid[]) AND (
    event_id IN (SELECT event_id FROM written)
    OR event_id IN (SELECT event_id FROM attribution WHERE event_id = ANY ($6::uuid[]))
    OR event_id NOT IN (SELECT id FROM events WHERE id = ANY ($6::uuid[])))
), logged AS (
  INSERT INTO event_log (kind, event_ids) SELECT 'enriched', array_agg(event_id) FROM written HAVING count(*) > 0
)
SELECT count(*)::float8 AS count FROM written`;

const counted = z.tuple([z.object({ count: z.number() })]);

/**
 * Writes the attribution of events that have none, and takes off the backlog what of `done` needs nothing more, in one
 * statement.
 * Answers how many rows were written; an event that has a row keeps it.
 */
export async function insertAttribution(
  db: SqlExecutor,
  rows: readonly NewAttribution[],
  done: readonly string[],
): Promise<number> {
  const answer = await db.$queryRawUnsafe(INSERT, ...parametersOf(rows, COLUMNS), idsOf(rows), [...done]);
  return counted.parse(answer)[0].count;
}

const REVISE = `WITH revised AS (
  UPDATE attribution SET (${namesOf(SESSION_COLUMNS)}, updated_at) = (${valuesOf(SESSION_COLUMNS)}, now())
  FROM ${PACKED}
  WHERE attribution.event_id = row.event_id AND attribution.event_id = ANY ($5::uuid[])
  RETURNING attribution.event_id
), logged AS (
  INSERT INTO event_log (kind, event_ids) SELECT 'revised', array_agg(event_id) FROM revised HAVING count(*) > 0
)
SELECT count(*)::float8 AS count FROM revised`;

/** Rewrites the session part of rows there are, 1,000 at the most, when an event came late. Answers how many it found. */
export async function reviseAttribution(db: SqlExecutor, rows: readonly SessionAttribution[]): Promise<number> {
  if (rows.length === 0) return 0;
  const answer = await db.$queryRawUnsafe(REVISE, ...parametersOf(rows, SESSION_COLUMNS), idsOf(rows));
  return counted.parse(answer)[0].count;
}
