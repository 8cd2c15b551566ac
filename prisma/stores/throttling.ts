import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const throttlingRow = z.object({ eventType: z.string(), samplingRate: z.number(), alwaysKeep: z.boolean() });
export type ThrottlingRow = z.infer<typeof throttlingRow>;

/** Sampling rules set at run time. */
export async function listThrottling(db: SqlExecutor): Promise<ThrottlingRow[]> {
  const rows = await db.$queryRaw`
    SELECT event_type AS "eventType", sampling_rate AS "samplingRate", always_keep AS "alwaysKeep"
    FROM throttling_configs`;
  return z.array(throttlingRow).parse(rows);
}

export async function saveThrottling(db: SqlExecutor, rule: ThrottlingRow): Promise<void> {
  await db.$executeRaw`
    INSERT INTO throttling_configs (event_type, sampling_rate, always_keep)
    VALUES (${rule.eventType}, ${rule.samplingRate}, ${rule.alwaysKeep})
    ON CONFLICT (event_type) DO UPDATE
    SET sampling_rate = excluded.sampling_rate, always_keep = excluded.always_keep, updated_at = now()`;
}
