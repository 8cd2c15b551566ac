import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

/** Two tables of sums with the same keys, one by the UTC day and one by the month. */
export interface DayMonthSums {
  readonly days: string;
  readonly months: string;
  /** CTE of what is to be added: the keys, `day` and the sums. */
  readonly changes: string;
  /** Key columns beside the day or the month, and their types. */
  readonly keys: Readonly<Record<string, 'uuid' | 'text' | 'boolean'>>;
  readonly sums: readonly string[];
  /** The sum that is 0 in a cell that nothing is left in. */
  readonly holds: string;
}

type Grain = 'day' | 'month';

/** The end of a statement: CTEs that add the changes to both tables, and a SELECT of the cells for `dropEmptied`. */
export function addByDayAndMonth(of: DayMonthSums): string {
  return `in_days AS (${add(of, of.days, 'day')}), in_months AS (${add(of, of.months, 'month')})
  SELECT grain, starts_on, keys FROM (SELECT * FROM in_days UNION ALL SELECT * FROM in_months) AS cells WHERE holds = 0`;
}

function add({ changes, keys, sums, holds }: DayMonthSums, table: string, grain: Grain): string {
  const columns = [...Object.keys(keys), grain];
  const places = columns.map((_, at) => at + 1).join(', ');
  return `INSERT INTO ${table} AS model (${[...columns, ...sums].join(', ')})
    SELECT ${[...Object.keys(keys), `date_trunc('${grain}', day)::date`, ...sums.map((sum) => `sum(${sum})`)].join(', ')}
    FROM ${changes} GROUP BY ${places} HAVING ${sums.map((sum) => `sum(${sum}) <> 0`).join(' OR ')}
    ON CONFLICT (${columns.join(', ')}) DO UPDATE
    SET ${sums.map((sum) => `${sum} = model.${sum} + excluded.${sum}`).join(', ')}
    RETURNING '${grain}' AS grain, ${grain}::text AS starts_on,
      ARRAY[${Object.keys(keys)
        .map((key) => `${key}::text`)
        .join(', ')}] AS keys, ${holds} AS holds`;
}

const cells = z.array(z.object({ grain: z.enum(['day', 'month']), starts_on: z.string(), keys: z.array(z.string()) }));

/** Drops the cells that nothing is left in, and with them what rounding has left in their sums. */
export async function dropEmptied(tx: SqlExecutor, of: DayMonthSums, answer: unknown): Promise<void> {
  const emptied = cells.parse(answer);
  for (const grain of ['day', 'month'] as const) {
    const own = emptied.filter((cell) => cell.grain === grain);
    if (own.length === 0) continue;
    const columns = [grain, ...Object.keys(of.keys)];
    const types = ['date', ...Object.values(of.keys)];
    await tx.$executeRawUnsafe(
      `DELETE FROM ${grain === 'day' ? of.days : of.months} AS model
       USING unnest(${types.map((type, at) => `$${at + 1}::${type}[]`).join(', ')}) AS cell (${columns.join(', ')})
       WHERE ${columns.map((column) => `model.${column} = cell.${column}`).join(' AND ')} AND model.${of.holds} = 0`,
      own.map(({ starts_on }) => starts_on),
      ...Object.keys(of.keys).map((_, at) => own.map(({ keys }) => keys[at])),
    );
  }
}
