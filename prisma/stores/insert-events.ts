import type { EventRow } from '@tallymark/contract/event-row';
import { EVENT_FIELD_NAMES, EVENT_FIELDS, type EventFieldName } from '../event-fields.ts';
import type { SqlExecutor } from '../sql-executor.ts';
import { type EventValues, packRows } from './pack-rows.ts';

/** What Postgres fills in where a row leaves it out: the defaults of the table, which INSERT … SELECT goes past. */
const DEFAULTS: Partial<Record<EventFieldName, string>> = {
  createdAt: 'now()',
  count: '1',
  retentionExempt: 'false',
};

const COLUMNS = EVENT_FIELD_NAMES.map((name) => EVENT_FIELDS[name].column).join(', ');

const VALUES = EVENT_FIELD_NAMES.map((name, at) => {
  const value = `cells[${at + 1}]::${EVENT_FIELDS[name].type}`;
  const fallback = DEFAULTS[name];
  return fallback === undefined ? value : `coalesce(${value}, ${fallback})`;
}).join(', ');

/**
 * One statement, whatever the number of rows: the plan is constant and all rows are one parameter. In id order, so that
 * two transactions with the same ids wait for each other instead of deadlocking; of two rows with one id the first wins.
 * OFFSET keeps the planner from splitting a line anew for every column.
 */
function statement(skipDuplicates: boolean, returning: string): string {
  return `INSERT INTO events (${COLUMNS})
SELECT ${VALUES}
FROM (SELECT string_to_array(line, $3::text, $4::text) AS cells, place
      FROM string_to_table($1::text, $2::text) WITH ORDINALITY AS lines (line, place) OFFSET 0) AS rows
ORDER BY cells[1]::uuid, place
${skipDuplicates ? 'ON CONFLICT (id) DO NOTHING' : ''} RETURNING ${returning}`;
}

/** A statement and its parameters, for `$queryRawUnsafe`. */
export type Insert = readonly [sql: string, ...parameters: string[]];

/** What stores `rows` and answers with `fields`, under the names of the model. */
export function insertReturning(
  rows: readonly EventValues[],
  { skipDuplicates, fields }: { readonly skipDuplicates: boolean; readonly fields: readonly EventFieldName[] },
): Insert {
  const returning = fields.map((name) => `${EVENT_FIELDS[name].column} AS "${name}"`).join(', ');
  const { text, row, field, nil } = packRows(rows);
  return [statement(skipDuplicates, returning), text, row, field, nil];
}

/**
 * Stores a batch of events in one statement and returns the ids that were inserted, in id order. `db` may be any Prisma
 * client or transaction. With `skipDuplicates` an id that is stored already is left out of the answer; without it the
 * statement fails with SQLSTATE 23505. All or nothing.
 *
 * 23514 without a constraint name means that the month has no partition; with one, a check refused a row. 22021 is NUL in
 * a text, 22P05 NUL in JSON, 22P02 a lone surrogate in JSON; in a text Node turns that into U+FFFD.
 */
export async function insertEvents(
  db: SqlExecutor,
  rows: readonly EventRow[],
  { skipDuplicates }: { readonly skipDuplicates: boolean },
): Promise<string[]> {
  if (rows.length === 0) return [];
  const insert = insertReturning(rows.map(valuesOf), { skipDuplicates, fields: ['id'] });
  const inserted = await db.$queryRawUnsafe<{ id: string }[]>(...insert);
  return inserted.map((row) => row.id);
}

function valuesOf(row: Partial<Record<EventFieldName, unknown>>): EventValues {
  return EVENT_FIELD_NAMES.map((name) => row[name]);
}
