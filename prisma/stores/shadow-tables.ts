import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { refuseLeavingMonths } from './fact-months.ts';

const SUFFIX = '_next';
const LOCK_TIMEOUT_MS = 3_000;
const MOST_SHOWN = 20;

/** The table that a rebuild folds into, beside the one that is read. */
export function shadowOf(table: string): string {
  return `${checkedTable(table)}${SUFFIX}`;
}

/** It goes into statements as it is. RangeError for what is no plain name. */
function checkedTable(table: string): string {
  if (!/^[a-z][a-z_]{0,50}$/.test(table)) throw new RangeError(`${table} is no table of a read model`);
  return table;
}

/**
 * Empty tables beside the live ones; what an earlier rebuild has left is dropped. With facts locked: from here on the
 * rebuild holds retention up, and a month that it is taking away just now would be missing. @throws MonthIsLeaving
 */
export async function createShadows(tx: SqlExecutor, tables: readonly string[]): Promise<void> {
  await refuseLeavingMonths(tx);
  await dropShadows(tx, tables);
  for (const table of tables) {
    await tx.$executeRawUnsafe(`CREATE TABLE ${shadowOf(table)} (LIKE ${table} INCLUDING ALL)`);
  }
}

export async function dropShadows(tx: SqlExecutor, tables: readonly string[]): Promise<void> {
  for (const table of tables) await tx.$executeRawUnsafe(`DROP TABLE IF EXISTS ${shadowOf(table)}`);
}

const columnRow = z.object({ name: z.string(), rounded: z.boolean(), key: z.boolean() });

async function columnsOf(db: SqlExecutor, table: string) {
  const rows = await db.$queryRaw`
    SELECT attname AS name, atttypid IN ('float8'::regtype, 'float4'::regtype) AS rounded,
           EXISTS (SELECT FROM pg_index WHERE indrelid = attrelid AND indisprimary AND attnum = ANY (indkey)) AS key
    FROM pg_attribute
    WHERE attrelid = to_regclass(${checkedTable(table)}) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`;
  return z.array(columnRow).parse(rows);
}

const difference = z.object({ count: z.number(), rows: z.array(z.unknown()) });
export type TableDifference = z.infer<typeof difference>;

/**
 * Rows of a table and of its shadow that the other has not. Sums of doubles are the same where they differ by less than a
 * millionth: the order they were added in is not.
 */
export async function compareWithShadow(db: SqlExecutor, table: string): Promise<TableDifference> {
  const columns = await columnsOf(db, table);
  const selected = columns.map(({ name, rounded }) => (rounded ? `round(${name}::numeric, 6) AS ${name}` : name));
  const from = (source: string) => `SELECT ${selected.join(', ')} FROM ${source}`;
  const [answer] = await db.$queryRawUnsafe<unknown[]>(
    `WITH lost AS (${from(table)} EXCEPT ALL ${from(shadowOf(table))}),
          gained AS (${from(shadowOf(table))} EXCEPT ALL ${from(table)}),
          both_ways AS (SELECT 'live' AS "in", to_jsonb(lost) AS "row" FROM lost
                        UNION ALL SELECT 'rebuilt', to_jsonb(gained) FROM gained)
     SELECT (SELECT count(*) FROM both_ways)::float8 AS count,
            coalesce((SELECT jsonb_agg(jsonb_build_object('table', '${table}', 'in', "in", 'row', "row"))
                      FROM (SELECT * FROM both_ways LIMIT ${MOST_SHOWN}) AS shown), '[]') AS rows`,
  );
  return difference.parse(answer);
}

/**
 * Takes the rows before a time over from the live table as they are: what they were folded from is gone, or part of it.
 * `since` lies behind the floor of retention by as much as rows rest on facts that are older than they are.
 */
export async function keepOlderRows(
  tx: SqlExecutor,
  { table, time, since }: { readonly table: string; readonly time: string; readonly since: Date },
): Promise<void> {
  const column = checkedTable(time);
  const shadow = shadowOf(table);
  const before = since.toISOString();
  const key = (await columnsOf(tx, table)).filter(({ key: ofKey }) => ofKey).map(({ name }) => name);
  const same = key.map((name) => `shadow.${name} = live.${name}`).join(' AND ');
  await tx.$executeRawUnsafe(`DELETE FROM ${shadow} WHERE ${column} < $1::timestamptz`, before);
  // A session that reaches over the border begins behind it where its first events are gone.
  await tx.$executeRawUnsafe(
    `DELETE FROM ${shadow} AS shadow USING ${table} AS live WHERE live.${column} < $1::timestamptz AND ${same}`,
    before,
  );
  await tx.$executeRawUnsafe(`INSERT INTO ${shadow} SELECT * FROM ${table} WHERE ${column} < $1::timestamptz`, before);
}

const indexRow = z.object({ name: z.string(), definition: z.string() });

async function indexesOf(db: SqlExecutor, table: string) {
  const rows = await db.$queryRaw`
    SELECT relname AS name, indisunique::text || substring(pg_get_indexdef(indexrelid) FROM ' USING .*') AS definition
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = to_regclass(${table})`;
  return z.array(indexRow).parse(rows);
}

/**
 * Puts the shadows in the place of the tables, names of indexes included, in the caller's transaction. Readers wait for
 * its commit. Fails with 55P03 when a reader does not let go of a table within 3 seconds.
 */
export async function swapShadows(tx: SqlExecutor, tables: readonly string[]): Promise<void> {
  await tx.$executeRawUnsafe(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT_MS}ms'`);
  for (const table of tables) {
    const shadow = shadowOf(table);
    const names = new Map((await indexesOf(tx, table)).map(({ name, definition }) => [definition, name]));
    await tx.$executeRawUnsafe(`DROP TABLE ${table}`);
    await tx.$executeRawUnsafe(`ALTER TABLE ${shadow} RENAME TO ${table}`);
    // A primary key goes by the name of its index.
    for (const { name, definition } of await indexesOf(tx, table)) {
      const former = names.get(definition);
      if (former) await tx.$executeRawUnsafe(`ALTER INDEX "${name}" RENAME TO "${former}"`);
    }
  }
}
