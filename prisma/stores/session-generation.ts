import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const standing = z.tuple([z.object({ generation: z.string(), xid: z.string(), enriched: z.array(z.string()) })]);

export interface EnrichmentStanding {
  /** Sessions in Redis that carry another generation are not to be believed. */
  readonly generation: string;
  /** Id of the transaction that asks. */
  readonly xid: string;
  /** Those of the ids that have attribution by now. */
  readonly enriched: ReadonlySet<string>;
}

/** What has to be known once the streams are locked, in one round trip. */
export async function readStanding(db: SqlExecutor, ids: readonly string[]): Promise<EnrichmentStanding> {
  const rows = await db.$queryRaw`
    SELECT (SELECT generation::text FROM session_cache_generation) AS generation,
           pg_current_xact_id()::text AS xid,
           ARRAY(SELECT event_id::text FROM attribution WHERE event_id = ANY (${[...ids]}::uuid[])) AS enriched`;
  const [{ generation, xid, enriched }] = standing.parse(rows);
  return { generation, xid, enriched: new Set(enriched) };
}

const xidRow = z.object({ xid: z.string() });

/** Those of the transactions that were committed. One that this database has not come to yet was not. */
export async function findCommitted(db: SqlExecutor, xids: readonly string[]): Promise<ReadonlySet<string>> {
  if (xids.length === 0) return new Set();
  // The CASE keeps Postgres from asking after a transaction of the future, which is an error.
  const rows = await db.$queryRaw`
    SELECT xid FROM unnest(${[...xids]}::text[]) AS given (xid)
    WHERE CASE WHEN xid !~ '^[0-9]{1,19}$' THEN false WHEN xid::xid8 < pg_snapshot_xmax(pg_current_snapshot())
               THEN pg_xact_status(xid::xid8) = 'committed' ELSE false END`;
  return new Set(
    z
      .array(xidRow)
      .parse(rows)
      .map(({ xid }) => xid),
  );
}

/** From the commit on, nothing that Redis holds about sessions is believed. */
export async function raiseSessionGeneration(db: SqlExecutor): Promise<void> {
  await db.$executeRaw`UPDATE session_cache_generation SET generation = generation + 1`;
}
