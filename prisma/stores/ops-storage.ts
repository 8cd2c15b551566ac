import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const tableSize = z.object({
  name: z.string(),
  rows: z.number().nullable(),
  bytes: z.number(),
  indexBytes: z.number(),
});
export type TableSize = z.infer<typeof tableSize>;

/**
 * Sizes of tables by name, in the order given; those that are not there, or are being dropped, are left out. Rows are what
 * Postgres estimates: of the last ANALYZE or VACUUM, or else of what was written since its counters began.
 */
export async function tableSizes(db: SqlExecutor, names: readonly string[]): Promise<TableSize[]> {
  const rows = await db.$queryRaw`
    SELECT names.name, (own.bytes + own.index_bytes)::float8 AS bytes, own.index_bytes::float8 AS "indexBytes",
           (CASE WHEN c.reltuples >= 0 THEN c.reltuples ELSE nullif(pg_stat_get_live_tuples(c.oid), 0) END)::float8 AS rows
    FROM unnest(${[...names]}::text[]) WITH ORDINALITY AS names (name, number)
    JOIN pg_class c ON c.oid = to_regclass(names.name)
    CROSS JOIN LATERAL (SELECT pg_table_size(c.oid) AS bytes, pg_indexes_size(c.oid) AS index_bytes) AS own
    WHERE own.bytes IS NOT NULL AND own.index_bytes IS NOT NULL
    ORDER BY names.number`;
  return z.array(tableSize).parse(rows);
}

export async function databaseBytes(db: SqlExecutor): Promise<number> {
  const rows = await db.$queryRaw`SELECT pg_database_size(current_database())::float8 AS bytes`;
  return z.tuple([z.object({ bytes: z.number() })]).parse(rows)[0].bytes;
}
