import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const storedPayload = z.object({ id: z.string(), payloadHash: z.string().nullable() });

/** Payload hash by id, for those of the ids that are stored. */
export async function storedPayloadHashes(
  db: SqlExecutor,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const rows = await db.$queryRaw`
    SELECT id, payload_hash AS "payloadHash" FROM events WHERE id = ANY (${[...ids]}::uuid[])`;
  return new Map(
    z
      .array(storedPayload)
      .parse(rows)
      .map(({ id, payloadHash }) => [id, payloadHash]),
  );
}
