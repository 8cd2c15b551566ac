import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import type { LogPosition } from './event-log.ts';

const checkpointRow = z.object({
  done: z.string(),
  reading: z.string().nullable(),
  afterXid: z.bigint(),
  afterId: z.bigint(),
  afterEvent: z.int(),
  planDigest: z.string(),
  systemIdentifier: z.string(),
});

export interface FactCheckpoint {
  readonly position: LogPosition;
  /** Of what facts depend on in the plan that they were made by. */
  readonly planDigest: string;
  /** Of the database that the position is of. */
  readonly systemIdentifier: string;
}

/** Null before the first fold. */
export async function readFactCheckpoint(db: SqlExecutor): Promise<FactCheckpoint | null> {
  const [row] = await db.$queryRaw<unknown[]>`
    SELECT done, reading, after_xid AS "afterXid", after_id AS "afterId", after_event AS "afterEvent",
           plan_digest AS "planDigest", system_identifier AS "systemIdentifier"
    FROM fact_checkpoint`;
  if (row === undefined) return null;
  const { planDigest, systemIdentifier, ...position } = checkpointRow.parse(row);
  return { position, planDigest, systemIdentifier };
}

export async function saveFactCheckpoint(db: SqlExecutor, checkpoint: FactCheckpoint): Promise<void> {
  const { position, planDigest, systemIdentifier } = checkpoint;
  await db.$executeRaw`
    INSERT INTO fact_checkpoint (done, reading, after_xid, after_id, after_event, plan_digest, system_identifier)
    VALUES (${position.done}, ${position.reading}, ${position.afterXid}, ${position.afterId}, ${position.afterEvent},
            ${planDigest}, ${systemIdentifier})
    ON CONFLICT (id) DO UPDATE
    SET (done, reading, after_xid, after_id, after_event, plan_digest, system_identifier) =
        (excluded.done, excluded.reading, excluded.after_xid, excluded.after_id, excluded.after_event,
         excluded.plan_digest, excluded.system_identifier)`;
}

/** Names the cluster: a dump that is restored elsewhere has another one. */
export async function systemIdentifier(db: SqlExecutor): Promise<string> {
  const [row] = await db.$queryRaw<unknown[]>`SELECT system_identifier::text AS id FROM pg_control_system()`;
  return z.object({ id: z.string() }).parse(row).id;
}
