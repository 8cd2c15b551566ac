import { type ReportFilter, reportFilter } from '@tallymark/contract/reports/filter';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

/** The filter of a segment of the site, null when the site has no such segment. */
export async function findSegmentFilter(
  db: SqlExecutor,
  siteId: string,
  segmentId: string,
): Promise<ReportFilter | null> {
  const [row] = await db.$queryRaw<unknown[]>`
    SELECT filter FROM segments WHERE id = ${segmentId}::uuid AND site_id = ${siteId}::uuid`;
  return row === undefined ? null : z.object({ filter: reportFilter }).parse(row).filter;
}
