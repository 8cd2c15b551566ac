import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

/** Sums over conversions by the UTC day or month of the conversion. */
export type TouchGrain = 'day' | 'month';

const keysOf = (grain: TouchGrain) => ['site_id', grain, 'model', 'campaign', 'source', 'is_bot'];
const SUMS = ['conversions', 'value', 'stored'] as const;

/** CTE `touch_changes`: what conversions add as they `became`, less what they did as they `was`, by each of their touches. */
export const TOUCH_CHANGES = `touch_changes AS MATERIALIZED (
  SELECT s.site_id, (s.occurred_at AT TIME ZONE 'UTC')::date AS day, m.model, coalesce(m.campaign, '') AS campaign,
         coalesce(m.source, '') AS source, s.is_bot, sum(sign * s.weight) AS conversions,
         sum(sign * s.value * s.weight) AS value, sum(sign) AS stored
  FROM (SELECT 1 AS sign, became.* FROM became UNION ALL SELECT -1, was.* FROM was) s
  CROSS JOIN LATERAL (VALUES ('first', s.first_campaign, s.first_source), ('last', s.last_campaign, s.last_source))
    AS m (model, campaign, source)
  GROUP BY 1, 2, 3, 4, 5, 6
  HAVING sum(sign) <> 0 OR sum(sign * s.weight) <> 0 OR sum(sign * s.value * s.weight) <> 0
)`;

/** Adds the changes to a table; answers with the cells it wrote. */
export function addTouches(table: string, grain: TouchGrain): string {
  const keys = keysOf(grain);
  const starts = grain === 'day' ? 'day' : `date_trunc('month', day)::date`;
  return `INSERT INTO ${table} AS model (${[...keys, ...SUMS].join(', ')})
    SELECT site_id, ${starts}, model, campaign, source, is_bot, ${SUMS.map((name) => `sum(${name})`).join(', ')}
    FROM touch_changes GROUP BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (${keys.join(', ')}) DO UPDATE
    SET ${SUMS.map((name) => `${name} = model.${name} + excluded.${name}`).join(', ')}
    RETURNING '${grain}' AS grain, site_id::text, ${grain}::text AS starts_on, model, campaign, source, is_bot, stored`;
}

export const touchCell = z.object({
  grain: z.enum(['day', 'month']),
  site_id: z.string(),
  starts_on: z.string(),
  model: z.string(),
  campaign: z.string(),
  source: z.string(),
  is_bot: z.boolean(),
});
export type TouchCell = z.infer<typeof touchCell>;

/** Drops the cells, those of one grain, that no conversion is left in, and with them what rounding has left in their sums. */
export async function dropTouchCells(
  tx: SqlExecutor,
  table: string,
  grain: TouchGrain,
  cells: readonly TouchCell[],
): Promise<void> {
  const own = cells.filter((cell) => cell.grain === grain);
  if (own.length === 0) return;
  const keys = keysOf(grain);
  await tx.$executeRawUnsafe(
    `DELETE FROM ${table} AS model
     USING unnest($1::uuid[], $2::date[], $3::text[], $4::text[], $5::text[], $6::boolean[]) AS cell (${keys.join(', ')})
     WHERE ${keys.map((key) => `model.${key} = cell.${key}`).join(' AND ')} AND model.stored = 0`,
    own.map((cell) => cell.site_id),
    own.map((cell) => cell.starts_on),
    own.map((cell) => cell.model),
    own.map((cell) => cell.campaign),
    own.map((cell) => cell.source),
    own.map((cell) => cell.is_bot),
  );
}
