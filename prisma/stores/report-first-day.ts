import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

/** The first UTC day that a site has events of, as `2026-11-23`; null where it has none. */
export async function firstDayOf(db: SqlExecutor, siteId: string): Promise<string | null> {
  const rows = await db.$queryRaw`
    SELECT min(day)::text AS day FROM daily_stats WHERE site_id = ${siteId}::uuid AND stored > 0`;
  return z.tuple([z.object({ day: z.string().nullable() })]).parse(rows)[0].day;
}
