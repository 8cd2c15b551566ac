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
  held: z.boolean(),
});

/** How long facts stay with the plan of a process that has not been heard of. */
const HELD_SECONDS = 60;

export interface FactCheckpoint {
  readonly position: LogPosition;
  /** Of what facts depend on in the plan that they were made by. */
  readonly planDigest: string;
  /** Of the database that the position is of. */
  readonly systemIdentifier: string;
}

/** `held`: a process that folds by its plan was there within the last minute. Null before the first fold. */
export async function readFactCheckpoint(
  db: SqlExecutor,
): Promise<{ readonly checkpoint: FactCheckpoint; readonly held: boolean } | null> {
  const [row] = await db.$queryRaw<unknown[]>`
    SELECT done, reading, after_xid AS "afterXid", after_id AS "afterId", after_event AS "afterEvent",
           plan_digest AS "planDigest", system_identifier AS "systemIdentifier", plan_held_until > clock_timestamp() AS held
    FROM fact_checkpoint`;
  if (row === undefined) return null;
  const { planDigest, systemIdentifier, held, ...position } = checkpointRow.parse(row);
  return { checkpoint: { position, planDigest, systemIdentifier }, held };
}

/** Says that a process of the plan is there. Once in a while is enough, so most calls write nothing. */
export async function holdFacts(tx: SqlExecutor): Promise<void> {
  await tx.$executeRaw`
    UPDATE fact_checkpoint SET plan_held_until = clock_timestamp() + make_interval(secs => ${HELD_SECONDS})
    WHERE plan_held_until < clock_timestamp() + make_interval(secs => ${HELD_SECONDS / 2})`;
}

/** In that time another process of the plan says that it is still there. */
const RELEASED_SECONDS = 3;

/** A process of the plan goes: where it was the last, another plan need not wait for long. */
export async function releaseFacts(db: SqlExecutor, planDigest: string): Promise<void> {
  await db.$executeRaw`
    UPDATE fact_checkpoint
    SET plan_held_until = least(plan_held_until, clock_timestamp() + make_interval(secs => ${RELEASED_SECONDS}))
    WHERE plan_digest = ${planDigest}`;
}

export async function saveFactCheckpoint(db: SqlExecutor, checkpoint: FactCheckpoint): Promise<void> {
  const { position, planDigest, systemIdentifier } = checkpoint;
  await db.$executeRaw`
    INSERT INTO fact_checkpoint (done, reading, after_xid, after_id, after_event, plan_digest, system_identifier,
                                 plan_held_until)
    VALUES (${position.done}, ${position.reading}, ${position.afterXid}, ${position.afterId}, ${position.afterEvent},
            ${planDigest}, ${systemIdentifier}, clock_timestamp() + make_interval(secs => ${HELD_SECONDS}))
    ON CONFLICT (id) DO UPDATE
    SET (done, reading, after_xid, after_id, after_event, plan_digest, system_identifier, plan_held_until) =
        (excluded.done, excluded.reading, excluded.after_xid, excluded.after_id, excluded.after_event,
         excluded.plan_digest, excluded.system_identifier, excluded.plan_held_until)`;
}

/** Names the cluster: a dump that is restored elsewhere has another one. */
export async function systemIdentifier(db: SqlExecutor): Promise<string> {
  const [row] = await db.$queryRaw<unknown[]>`SELECT system_identifier::text AS id FROM pg_control_system()`;
  return z.object({ id: z.string() }).parse(row).id;
}
