import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { ALERT_COLUMNS, type AlertRow, alertRow, type NewAlertEvent } from './alert-rows.ts';

/** Rules that are on and whose site there is, the longest not evaluated first. */
export async function listEnabledAlerts(db: SqlExecutor): Promise<AlertRow[]> {
  const rows = await db.$queryRawUnsafe(
    `SELECT ${ALERT_COLUMNS} FROM alerts
     WHERE enabled AND (site_id IS NULL OR EXISTS (SELECT FROM sites WHERE sites.id = alerts.site_id))
     ORDER BY evaluated_at NULLS FIRST, id`,
  );
  return z.array(alertRow).parse(rows);
}

export interface AlertFinding {
  readonly state: AlertRow['state'];
  readonly value: number | null;
  readonly reference: number | null;
  readonly at: Date;
  readonly error: string | null;
  /** Null where nobody is told. */
  readonly event: NewAlertEvent | null;
}

/**
 * Writes what was found of a rule, and with it what is told of it: both or neither. False, and nothing is written, where
 * the rule is not what was evaluated any more: somebody has changed it, or evaluated it too.
 */
export async function settleAlert(
  db: SqlExecutor,
  { id, revision }: Pick<AlertRow, 'id' | 'revision'>,
  { state, value, reference, at, error, event }: AlertFinding,
): Promise<boolean> {
  const time = at.toISOString();
  const [row] = await db.$queryRaw<unknown[]>`
    WITH settled AS (
      UPDATE alerts
      SET since = CASE WHEN state = ${state} AND since IS NOT NULL THEN since ELSE ${time}::timestamptz END,
          state = ${state}, value = ${value}, reference = ${reference}, evaluated_at = ${time}::timestamptz,
          error = ${error}, revision = revision + 1,
          notified_at = CASE WHEN ${event !== null}::boolean THEN ${time}::timestamptz ELSE notified_at END
      WHERE id = ${id}::uuid AND revision = ${revision}::bigint AND enabled
      RETURNING id, site_id, name, state, webhook_url
    ), told AS (
      INSERT INTO alert_events (alert_id, site_id, name, at, what, state, value, reference, message, webhook_due_at)
      SELECT id, site_id, name, ${time}::timestamptz, ${event?.what ?? ''}, state, ${event?.value ?? null},
             ${event?.reference ?? null}, ${event?.message ?? ''},
             CASE WHEN webhook_url IS NOT NULL THEN ${time}::timestamptz END
      FROM settled WHERE ${event !== null}::boolean
    )
    SELECT count(*)::int AS settled FROM settled`;
  return z.object({ settled: z.int() }).parse(row).settled === 1;
}
