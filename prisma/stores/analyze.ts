import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const TABLES = ['events', 'attribution', 'event_facts'];
const rows = z.array(z.object({ table: z.string(), only: z.boolean() }));

/**
 * Brings the statistics of partitioned tables as a whole up to date, where they are more than an hour old. Autovacuum keeps
 * those of each partition and never these; without them joins are planned as for two hundred visitors.
 */
export async function analyzeWhereDue(db: SqlExecutor): Promise<string[]> {
  // From version 18 on the partitions, which autovacuum has looked at, can be left out.
  const due = rows.parse(
    await db.$queryRaw`
      SELECT relname::text AS table, current_setting('server_version_num')::int >= 180000 AS only
      FROM pg_stat_user_tables
      WHERE relname = ANY (${TABLES}) AND coalesce(last_analyze, '-infinity') < now() - interval '1 hour'
      ORDER BY 1`,
  );
  for (const { table, only } of due) await db.$executeRawUnsafe(`ANALYZE ${only ? 'ONLY ' : ''}${table}`);
  return due.map(({ table }) => table);
}
