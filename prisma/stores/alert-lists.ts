import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { ALERT_COLUMNS, type AlertRow, alertRow } from './alert-rows.ts';

/** The rules of a site, those about the pipeline with them where asked: the firing ones first, then the failing, then by name. */
export async function listAlerts(
  db: SqlExecutor,
  { siteId, withPipeline }: { readonly siteId: string; readonly withPipeline: boolean },
): Promise<AlertRow[]> {
  const rows = await db.$queryRawUnsafe(
    `SELECT ${ALERT_COLUMNS} FROM alerts WHERE site_id = $1::uuid OR ($2::boolean AND site_id IS NULL)
     ORDER BY NOT (enabled AND state = 'firing'), NOT (enabled AND state = 'failing'), lower(name), id`,
    siteId,
    withPipeline,
  );
  return z.array(alertRow).parse(rows);
}

/** Locked until the transaction ends where it is about to be changed. */
export async function findAlert(
  db: SqlExecutor,
  id: string,
  { toChange = false }: { readonly toChange?: boolean } = {},
): Promise<AlertRow | null> {
  const rows = await db.$queryRawUnsafe<unknown[]>(
    `SELECT ${ALERT_COLUMNS} FROM alerts WHERE id = $1::uuid ${toChange ? 'FOR UPDATE' : ''}`,
    id,
  );
  return rows.length === 0 ? null : alertRow.parse(rows[0]);
}
