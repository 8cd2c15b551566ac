import type { EventRow } from '@tallymark/contract/event-row';
import { EVENT_FIELD_NAMES, EVENT_FIELDS, type EventFieldName } from '../event-fields.ts';
import type { SqlExecutor } from '../sql-executor.ts';

/** What Postgres fills in where a row leaves it out: the defaults of the table, which INSERT … SELECT goes past. */
const DEFAULTS: Partial<Record<EventFieldName, string>> = {
  createdAt: 'now()',
  count: '1',
  retentionExempt: 'false',
};

const COLUMNS = EVENT_FIELD_NAMES.map((field) => EVENT_FIELDS[field].column).join(', ');

const VALUES = EVENT_FIELD_NAMES.map((field) => {
  const fallback = DEFAULTS[field];
  return fallback === undefined ? `r."${field}"` : `coalesce(r."${field}", ${fallback})`;
}).join(', ');

const RECORD = EVENT_FIELD_NAMES.map((field) => `"${field}" ${EVENT_FIELDS[field].type}`).join(', ');

/**
 * One statement, whatever the number of rows: the plan is constant and the rows are one parameter. `json` and not
 * `jsonb`, which would first build a tree that is taken apart again at once (measured: a tenth slower). In id order, so
 * that two transactions with the same ids wait for each other instead of deadlocking.
 */
function statement({ skipDuplicates, returning }: { skipDuplicates: boolean; returning: string }): string {
  return `INSERT INTO events (${COLUMNS})
SELECT ${VALUES} FROM json_to_recordset($1::json) AS r(${RECORD}) ORDER BY r."id"
${skipDuplicates ? 'ON CONFLICT (id) DO NOTHING' : ''} RETURNING ${returning}`;
}

const INSERT = statement({ skipDuplicates: false, returning: 'id' });
const INSERT_OR_SKIP = statement({ skipDuplicates: true, returning: 'id' });

/**
 * Stores a batch of events in one statement and returns the ids that were inserted, in id order. `db` may be any Prisma
 * client or transaction. With `skipDuplicates` an id that is stored already is left out of the answer; without it the
 * statement fails with SQLSTATE 23505. All or nothing.
 *
 * 23514 without a constraint name means that the month has no partition; with one, a check refused a row. 22P05 and
 * 22P02 mean text that does not fit jsonb (NUL, a lone surrogate).
 */
export async function insertEvents(
  db: SqlExecutor,
  rows: readonly EventRow[],
  { skipDuplicates }: { readonly skipDuplicates: boolean },
): Promise<string[]> {
  if (rows.length === 0) return [];
  const inserted = await db.$queryRawUnsafe<{ id: string }[]>(
    skipDuplicates ? INSERT_OR_SKIP : INSERT,
    JSON.stringify(rows),
  );
  return inserted.map((row) => row.id);
}

/** The statement and parameter that store `rows` and answer with `fields`, under the names of the model. */
export function insertReturning(
  rows: readonly object[],
  { skipDuplicates, fields }: { readonly skipDuplicates: boolean; readonly fields: readonly EventFieldName[] },
): { sql: string; json: string } {
  const returning = fields.map((field) => `${EVENT_FIELDS[field].column} AS "${field}"`).join(', ');
  return { sql: statement({ skipDuplicates, returning }), json: JSON.stringify(rows) };
}
