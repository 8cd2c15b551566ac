import pg from 'pg';
import { contentHash } from './traffic.ts';

/** One place where Postgres holds an event: a row of its own or a dead letter. */
export interface Place {
  readonly table: 'events' | 'dead_letters';
  readonly key: string;
  readonly hash: string;
}

export interface Stored {
  readonly places: readonly Place[];
  /** Events in aggregated rows, by type and session. */
  readonly aggregated: ReadonlyMap<string, number>;
  readonly aggregatedTotal: number;
  /** `tenant key occurredAt` that occurs more than once. */
  readonly storedTwice: readonly string[];
}

interface Content {
  readonly key: string;
  readonly eventType: string;
  readonly occurredAt: string;
  readonly sessionId: string;
  readonly props: Record<string, string | number>;
}

const toPlace = (table: Place['table']) => (row: Content) => ({ table, key: row.key, hash: contentHash(row) });

/** All that Postgres holds of what was sent, read by plain SQL. */
export async function readStored(databaseUrl: string): Promise<Stored> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'fault-oracle' });
  await client.connect();
  try {
    const rows = async <Row extends object>(sql: string) => (await client.query<Row>(sql)).rows;
    const events = await rows<Content>(`
      SELECT idempotency_key AS key, event_type AS "eventType", session_id AS "sessionId", props_json AS props,
             to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "occurredAt"
      FROM events WHERE idempotency_key IS NOT NULL`);
    const letters = await rows<Content>(`
      SELECT row->>'idempotencyKey' AS key, row->>'eventType' AS "eventType", row->>'sessionId' AS "sessionId",
             row->'propsJson' AS props, row->>'occurredAt' AS "occurredAt"
      FROM (SELECT convert_from(payload, 'UTF8')::json AS row FROM dead_letters) letters`);
    const twice = await rows<{ what: string }>(`
      SELECT tenant_id || ' ' || idempotency_key || ' ' || occurred_at AS what FROM events
      WHERE idempotency_key IS NOT NULL GROUP BY tenant_id, idempotency_key, occurred_at HAVING count(*) > 1`);
    const sums = await rows<{ what: string; n: number }>(`
      SELECT event_type || ' ' || session_id AS what, sum(count)::int AS n FROM events
      WHERE idempotency_key IS NULL GROUP BY what`);
    return {
      places: [...events.map(toPlace('events')), ...letters.map(toPlace('dead_letters'))],
      aggregated: new Map(sums.map(({ what, n }) => [what, n])),
      aggregatedTotal: sums.reduce((total, { n }) => total + n, 0),
      storedTwice: twice.map(({ what }) => what),
    };
  } finally {
    await client.end();
  }
}
