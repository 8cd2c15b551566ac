import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const holder = z.object({
  transaction: z.string(),
  pid: z.int(),
  applicationName: z.string(),
  since: z.date().nullable(),
});
/** An open transaction that has used the tables. */
export type LockHolder = z.infer<typeof holder>;

/** Whose end `DETACH … CONCURRENTLY` would wait for. `transaction` names each for as long as it lives. */
export async function listLockHolders(db: SqlExecutor, tables: readonly string[]): Promise<LockHolder[]> {
  const rows = await db.$queryRaw`
    SELECT DISTINCT l.virtualtransaction AS transaction, l.pid, a.application_name AS "applicationName",
           a.xact_start AS since
    FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'relation' AND l.granted AND a.backend_type = 'client backend' AND l.pid <> pg_backend_pid()
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND l.relation = ANY (SELECT to_regclass(name)::oid FROM unnest(${[...tables]}::text[]) AS names (name))`;
  return z.array(holder).parse(rows);
}
