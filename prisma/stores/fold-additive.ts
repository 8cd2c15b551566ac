import type { SqlExecutor } from '../sql-executor.ts';
import { CHANGES, type FactRange } from './fact-changes.ts';

/** A read model that facts add up to: each adds to one cell, or to one for each row of `spread`. */
export interface AdditiveModel {
  /** Key columns of the table, and what of a fact `f` they are. */
  readonly keys: Readonly<Record<string, string>>;
  /** Sums beside `stored`, and what a fact adds to them. */
  readonly sums: Readonly<Record<string, string>>;
  /** Which facts are in it; all where left out. */
  readonly where?: string;
  /** A lateral item that a fact has several rows of. */
  readonly spread?: string;
}

/** Any moment on the border of a quarter; every zone's whole and half hours are on one. */
export const QUARTER = `date_bin('15 minutes', f.occurred_at, timestamptz '2000-01-01T00:00:00Z')`;
export const DAY = `(f.occurred_at AT TIME ZONE 'UTC')::date`;
export const MONTH = `date_trunc('month', f.occurred_at AT TIME ZONE 'UTC')::date`;
/** What a fact earned, for all events that it stands for. */
export const VALUE = 'coalesce(f.value, 0) * f.weight';

/**
 * Adds what changed to a table. Cells that no fact is left in go, and what rounding has left in their sums with them. One
 * fold at a time writes a table, so that the order of rows is nobody's concern.
 */
export async function foldAdditive(
  tx: SqlExecutor,
  table: string,
  model: AdditiveModel,
  range: FactRange,
): Promise<void> {
  const sums = { ...model.sums, stored: '1' };
  const keys = Object.keys(model.keys);
  const from = `FROM changes f ${model.spread ? `CROSS JOIN LATERAL ${model.spread}` : ''} ${model.where ? `WHERE ${model.where}` : ''}`;
  const keyValues = Object.entries(model.keys).map(([column, value]) => `${value} AS ${column}`);
  const places = keys.map((_, at) => at + 1).join(', ');
  await tx.$executeRawUnsafe(
    `WITH ${CHANGES}
     INSERT INTO ${table} AS model (${[...keys, ...Object.keys(sums)].join(', ')})
     SELECT ${[...keyValues, ...Object.values(sums).map((value) => `sum(sign * (${value}))`)].join(', ')}
     ${from} GROUP BY ${places}
     ON CONFLICT (${keys.join(', ')}) DO UPDATE
     SET ${Object.keys(sums)
       .map((column) => `${column} = model.${column} + excluded.${column}`)
       .join(', ')}`,
    range.after,
    range.upTo,
  );
  await tx.$executeRawUnsafe(
    `WITH ${CHANGES}, lost AS (
       SELECT DISTINCT ${keyValues.join(', ')} ${from} ${model.where ? 'AND' : 'WHERE'} sign < 0
     )
     DELETE FROM ${table} AS model USING lost
     WHERE ${keys.map((key) => `model.${key} = lost.${key}`).join(' AND ')} AND model.stored = 0`,
    range.after,
    range.upTo,
  );
}
