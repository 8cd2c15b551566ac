import { alertCondition, alertSource, alertState } from '@tallymark/contract/alerts';
import { z } from 'zod';

/** Columns of a rule as statements select them; `alertRow` parses them. */
export const ALERT_COLUMNS = `id, site_id AS "siteId", built_in AS "builtIn", name, source, condition,
  window_minutes AS "windowMinutes", cool_down_minutes AS "coolDownMinutes", enabled, webhook_url AS "webhookUrl",
  webhook_secret AS "webhookSecret", state, since, value, reference, evaluated_at AS "evaluatedAt", error,
  notified_at AS "notifiedAt", delivery_error AS "deliveryError", revision`;

/** A rule as it is stored, its secret with it. */
export const alertRow = z.object({
  id: z.guid(),
  /** Null for rules about the pipeline. */
  siteId: z.guid().nullable(),
  builtIn: z.boolean(),
  name: z.string(),
  source: alertSource,
  condition: alertCondition,
  windowMinutes: z.int(),
  coolDownMinutes: z.int(),
  enabled: z.boolean(),
  webhookUrl: z.string().nullable(),
  webhookSecret: z.string().nullable(),
  state: alertState,
  since: z.date().nullable(),
  value: z.number().nullable(),
  reference: z.number().nullable(),
  evaluatedAt: z.date().nullable(),
  error: z.string().nullable(),
  notifiedAt: z.date().nullable(),
  deliveryError: z.string().nullable(),
  /** Grows with each change. */
  revision: z.bigint(),
});
export type AlertRow = z.infer<typeof alertRow>;

/** What becomes of a rule, as it is told. */
export interface NewAlertEvent {
  readonly at: Date;
  readonly what: 'fired' | 'reminded' | 'resolved' | 'failed' | 'recovered';
  readonly value: number | null;
  readonly reference: number | null;
  readonly message: string;
}
