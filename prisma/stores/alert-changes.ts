import type { SqlExecutor } from '../sql-executor.ts';
import { ALERT_COLUMNS, type AlertRow, alertRow, type NewAlertEvent } from './alert-rows.ts';

/** What somebody decides about a rule. */
export type AlertConfig = Pick<
  AlertRow,
  'name' | 'source' | 'condition' | 'windowMinutes' | 'coolDownMinutes' | 'enabled' | 'webhookUrl' | 'webhookSecret'
>;

const configParameters = (config: AlertConfig) => [
  config.name,
  JSON.stringify(config.source),
  JSON.stringify(config.condition),
  config.windowMinutes,
  config.coolDownMinutes,
  config.enabled,
  config.webhookUrl,
  config.webhookSecret,
];

interface AddedAlert {
  readonly id: string;
  readonly siteId: string | null;
  readonly createdBy: string;
  readonly at: Date;
  readonly config: AlertConfig;
}

/** Null: there are `most` rules of the site already. */
export async function insertAlert(db: SqlExecutor, added: AddedAlert, most: number): Promise<AlertRow | null> {
  const rows = await db.$queryRawUnsafe<unknown[]>(
    `INSERT INTO alerts (name, source, condition, window_minutes, cool_down_minutes, enabled, webhook_url, webhook_secret,
       id, site_id, created_by, created_at, updated_at)
     SELECT $1::text, $2::jsonb, $3::jsonb, $4::int, $5::int, $6::boolean, $7::text, $8::text,
            $9::uuid, $10::uuid, $11::text, $12::timestamptz, $12::timestamptz
     WHERE (SELECT count(*) FROM alerts WHERE site_id IS NOT DISTINCT FROM $10::uuid) < $13::int
     RETURNING ${ALERT_COLUMNS}`,
    ...configParameters(added.config),
    added.id,
    added.siteId,
    added.createdBy,
    added.at.toISOString(),
    most,
  );
  return rows.length === 0 ? null : alertRow.parse(rows[0]);
}

interface ChangedAlert {
  readonly id: string;
  readonly at: Date;
  readonly config: AlertConfig;
  /** It is another rule now: what was found of it before says nothing. */
  readonly anew: boolean;
}

/** Evaluations that began before it write nothing. */
export async function changeAlert(db: SqlExecutor, { id, at, config, anew }: ChangedAlert): Promise<AlertRow> {
  const rows = await db.$queryRawUnsafe<unknown[]>(
    `UPDATE alerts SET name = $1::text, source = $2::jsonb, condition = $3::jsonb, window_minutes = $4::int,
       cool_down_minutes = $5::int, enabled = $6::boolean, webhook_url = $7::text, webhook_secret = $8::text,
       delivery_error = CASE WHEN webhook_url IS NOT DISTINCT FROM $7::text THEN delivery_error END,
       state = CASE WHEN $11::boolean THEN 'ok' ELSE state END,
       since = CASE WHEN NOT $11::boolean THEN since END, value = CASE WHEN NOT $11::boolean THEN value END,
       reference = CASE WHEN NOT $11::boolean THEN reference END, error = CASE WHEN NOT $11::boolean THEN error END,
       evaluated_at = CASE WHEN NOT $11::boolean THEN evaluated_at END,
       notified_at = CASE WHEN NOT $11::boolean THEN notified_at END,
       revision = revision + 1, updated_at = $10::timestamptz
     WHERE id = $9::uuid RETURNING ${ALERT_COLUMNS}`,
    ...configParameters(config),
    id,
    at.toISOString(),
    anew,
  );
  return alertRow.parse(rows[0]);
}

/** Enters what became of a rule, to be sent as the rule says. */
export async function enterAlertEvent(
  db: SqlExecutor,
  rule: Pick<AlertRow, 'id' | 'siteId' | 'name' | 'state' | 'webhookUrl'>,
  event: NewAlertEvent,
): Promise<void> {
  const at = event.at.toISOString();
  await db.$executeRaw`
    INSERT INTO alert_events (alert_id, site_id, name, at, what, state, value, reference, message, webhook_due_at)
    VALUES (${rule.id}::uuid, ${rule.siteId}::uuid, ${rule.name}, ${at}::timestamptz, ${event.what}, ${rule.state},
            ${event.value}, ${event.reference}, ${event.message},
            ${rule.webhookUrl === null ? null : at}::timestamptz)`;
}

/** What has happened stays in the history; what was not sent yet is not sent any more. */
export async function removeAlert(db: SqlExecutor, id: string): Promise<void> {
  await db.$executeRaw`
    WITH gone AS (DELETE FROM alerts WHERE id = ${id}::uuid)
    UPDATE alert_events SET webhook_due_at = NULL WHERE alert_id = ${id}::uuid AND webhook_due_at IS NOT NULL`;
}
