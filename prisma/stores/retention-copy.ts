import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { type Archived, partitionIdentifier } from './partitions.ts';
import type { RetentionSession } from './retention-session.ts';

const KEY: Readonly<Record<Archived, string>> = { events: 'id', attribution: 'event_id' };
const STAGING = 'pg_temp.archived_rows';
const SEEN: Readonly<Record<Archived, string>> = { events: 'seen_events', attribution: 'seen_attribution' };

const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Runs `work` in one snapshot: what it copies of two tables belongs together. */
export async function inSnapshot<Result>(session: RetentionSession, work: () => Promise<Result>): Promise<Result> {
  await session.$executeRawUnsafe('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const result = await work();
  await session.$executeRawUnsafe('COMMIT');
  return result;
}

/** The columns of a table as they stand in it. Generated ones are left out: they cannot be written. */
export async function columnsOf({ client }: RetentionSession, name: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
    [name],
  );
  return rows.map((row) => row.name);
}

/** All rows of a partition in Postgres's text format, a line each, in id order: equal rows make equal bytes. */
export function copyPartition(
  { client }: RetentionSession,
  { table, name, columns }: { readonly table: Archived; readonly name: string; readonly columns: readonly string[] },
): Readable {
  const list = columns.map(identifier).join(', ');
  return client.query(
    copyTo(`COPY (SELECT ${list} FROM ${partitionIdentifier(name)} ORDER BY ${KEY[table]}) TO STDOUT`),
  );
}

/**
 * Makes room for lines of an archive: a temporary table with its columns, typed as in the partition. Columns that the
 * partition does not have any more are read as text, and go no further.
 */
export async function prepareLoading(
  session: RetentionSession,
  { table, name, columns }: { readonly table: Archived; readonly name: string; readonly columns: readonly string[] },
): Promise<RowLoader> {
  const present = new Set(await columnsOf(session, name));
  const known = columns.filter((column) => present.has(column)).map(identifier);
  const gone = columns.filter((column) => !present.has(column)).map(identifier);
  const partition = partitionIdentifier(name);
  await session.$executeRawUnsafe(`DROP TABLE IF EXISTS ${STAGING}`);
  await session.$executeRawUnsafe(
    `CREATE TEMP TABLE archived_rows AS SELECT ${known.join(', ')} FROM ${partition} WITH NO DATA`,
  );
  // A row can be in several parts of an archive.
  await session.$executeRawUnsafe(`CREATE TEMP TABLE IF NOT EXISTS ${SEEN[table]} (id uuid PRIMARY KEY)`);
  for (const column of gone) await session.$executeRawUnsafe(`ALTER TABLE ${STAGING} ADD COLUMN ${column} text`);
  const list = columns.map(identifier).join(', ');
  return {
    load: async (lines) => {
      await session.$executeRawUnsafe('BEGIN');
      await session.$executeRawUnsafe(`TRUNCATE ${STAGING}`);
      const copy = session.client.query(copyFrom(`COPY ${STAGING} (${list}) FROM STDIN`));
      await pipeline(Readable.from(lines), copy);
      // By the partition's own name: the trigger on the table would have the events logged and enriched once more.
      const { rowCount } = await session.client.query(
        `INSERT INTO ${partition} (${known.join(', ')}) SELECT ${known.join(', ')} FROM ${STAGING} ON CONFLICT DO NOTHING`,
      );
      const different = await session.$executeRawUnsafe(
        `INSERT INTO pg_temp.${SEEN[table]} SELECT ${KEY[table]} FROM ${STAGING} ON CONFLICT DO NOTHING`,
      );
      await session.$executeRawUnsafe('COMMIT');
      return { added: rowCount ?? 0, different };
    },
  };
}

export interface LoadedRows {
  /** Rows that were not there yet. */
  readonly added: number;
  /** Rows, there or not, that the session has not loaded before. */
  readonly different: number;
}

export interface RowLoader {
  /** Loads whole lines in one transaction. */
  load(lines: readonly Buffer[]): Promise<LoadedRows>;
}
