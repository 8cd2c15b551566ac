import { type AlertEvent, alertEvent, alertState } from '@tallymark/contract/alerts';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const ALERT_EVENT_COLUMNS = 'id, alert_id AS "alertId", name, at, what, value, reference, message';

const eventRow = alertEvent.extend({
  id: z.bigint().transform(String),
  at: z.date().transform((at) => at.toISOString()),
});

interface HistorySelection {
  readonly siteId: string;
  readonly withPipeline: boolean;
  readonly alertId: string | null;
  /** Those from before are gone, whether they are removed yet or not. */
  readonly since: Date;
  readonly before: string | null;
  readonly limit: number;
}

/** What became of the rules of a site, newest first. */
export async function listAlertEvents(db: SqlExecutor, selection: HistorySelection): Promise<AlertEvent[]> {
  const { siteId, withPipeline, alertId, since, before, limit } = selection;
  const rows = await db.$queryRawUnsafe(
    `SELECT ${ALERT_EVENT_COLUMNS} FROM alert_events
     WHERE (site_id = $1::uuid OR ($2::boolean AND site_id IS NULL)) AND at >= $3::timestamptz
       AND ($4::uuid IS NULL OR alert_id = $4::uuid) AND ($5::bigint IS NULL OR id < $5::bigint)
     ORDER BY id DESC LIMIT $6::int`,
    siteId,
    withPipeline,
    since.toISOString(),
    alertId,
    before,
    limit,
  );
  return z.array(eventRow).parse(rows);
}

/** Answers how many were removed. */
export function removeAlertEventsBefore(db: SqlExecutor, time: Date): Promise<number> {
  return db.$executeRaw`DELETE FROM alert_events WHERE at < ${time.toISOString()}::timestamptz`;
}

const unlogged = z.object({ event: eventRow, state: alertState, siteId: z.guid().nullable() });
export type UnloggedAlertEvent = z.infer<typeof unlogged>;

/** What the log does not have yet, oldest first. */
export async function listUnloggedAlertEvents(db: SqlExecutor, limit: number): Promise<UnloggedAlertEvent[]> {
  const rows = await db.$queryRawUnsafe<Record<string, unknown>[]>(
    `SELECT ${ALERT_EVENT_COLUMNS}, state, site_id AS "siteId" FROM alert_events
     WHERE NOT logged ORDER BY id LIMIT $1::int`,
    limit,
  );
  return rows.map(({ state, siteId, ...event }) => unlogged.parse({ event, state, siteId }));
}

export async function markAlertEventsLogged(db: SqlExecutor, ids: readonly string[]): Promise<void> {
  await db.$executeRaw`UPDATE alert_events SET logged = true WHERE id = ANY(${[...ids]}::bigint[])`;
}
