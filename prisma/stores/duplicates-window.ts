import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { uuidV7Floor } from './partitions.ts';

const firstBeyond = z.array(z.object({ id: z.guid() })).max(1);

/**
 * Where a window that begins at `from` ends, so that it holds about `rows` events: not after `to`, and at least a
 * millisecond later. More than `rows` only where one millisecond has them. Included is `from`, the end is not.
 */
export async function windowEnd(
  db: SqlExecutor,
  { from, to, rows }: { readonly from: Date; readonly to: Date; readonly rows: number },
): Promise<Date> {
  const found = await db.$queryRaw`
    SELECT id FROM events
    WHERE id >= ${uuidV7Floor(from)}::uuid AND id < ${uuidV7Floor(to)}::uuid
    ORDER BY id OFFSET ${rows} LIMIT 1`;
  const [beyond] = firstBeyond.parse(found);
  if (!beyond) return to;
  return new Date(Math.max(from.getTime() + 1, timeOf(beyond.id)));
}

/** Milliseconds of a UUIDv7: its first 48 bits. */
function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
