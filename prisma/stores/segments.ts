import { type ReportFilter, reportFilter } from '@tallymark/contract/reports/filter';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { sqlStateOf } from '../sql-state.ts';

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

const storedSegment = z.object({
  id: z.string(),
  name: z.string(),
  filter: reportFilter,
  createdBy: z.string(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
export type StoredSegment = z.infer<typeof storedSegment>;

const COLUMNS = 'id, name, filter, created_by AS "createdBy", created_at AS "createdAt", updated_at AS "updatedAt"';

/** All segments of the site, by name. */
export async function listSegments(db: SqlExecutor, siteId: string): Promise<StoredSegment[]> {
  const rows = await db.$queryRawUnsafe(
    `SELECT ${COLUMNS} FROM segments WHERE site_id = $1::uuid ORDER BY name, id`,
    siteId,
  );
  return z.array(storedSegment).parse(rows);
}

interface NewSegment {
  readonly id: string;
  readonly siteId: string;
  readonly name: string;
  readonly filter: ReportFilter;
  readonly createdBy: string;
  readonly at: Date;
}

/** `taken`: the site has a segment of that name; `full`: it has `most` already. */
export async function insertSegment(
  db: SqlExecutor,
  { id, siteId, name, filter, createdBy, at }: NewSegment,
  most: number,
): Promise<StoredSegment | 'taken' | 'full'> {
  const rows = await db.$queryRawUnsafe<unknown[]>(
    `INSERT INTO segments (id, site_id, name, filter, created_by, created_at, updated_at)
     SELECT $1::uuid, $2::uuid, $3::text, $4::jsonb, $5::text, $6::timestamptz, $6::timestamptz
     WHERE (SELECT count(*) FROM segments WHERE site_id = $2::uuid) < $7::int
     ON CONFLICT (site_id, name) DO NOTHING RETURNING ${COLUMNS}`,
    id,
    siteId,
    name,
    JSON.stringify(filter),
    createdBy,
    at.toISOString(),
    most,
  );
  if (rows.length > 0) return storedSegment.parse(rows[0]);
  const named = await db.$queryRaw<unknown[]>`
    SELECT FROM segments WHERE site_id = ${siteId}::uuid AND name = ${name}`;
  return named.length > 0 ? 'taken' : 'full';
}

interface SegmentChange {
  readonly id: string;
  readonly siteId: string;
  readonly name: string | null;
  readonly filter: ReportFilter | null;
  readonly at: Date;
}

const UNIQUE_VIOLATION = '23505';

/** What is null stays as it is. Null: the site has no such segment; `taken`: it has another of that name. */
export async function changeSegment(
  db: SqlExecutor,
  { id, siteId, name, filter, at }: SegmentChange,
): Promise<StoredSegment | 'taken' | null> {
  try {
    const [row] = await db.$queryRawUnsafe<unknown[]>(
      `UPDATE segments SET name = coalesce($3::text, name), filter = coalesce($4::jsonb, filter), updated_at = $5::timestamptz
       WHERE id = $1::uuid AND site_id = $2::uuid RETURNING ${COLUMNS}`,
      id,
      siteId,
      name,
      filter && JSON.stringify(filter),
      at.toISOString(),
    );
    return row === undefined ? null : storedSegment.parse(row);
  } catch (error) {
    if (sqlStateOf(error)?.state === UNIQUE_VIOLATION) return 'taken';
    throw error;
  }
}

/** Answers whether the site had such a segment. */
export async function removeSegment(db: SqlExecutor, siteId: string, id: string): Promise<boolean> {
  const removed = await db.$executeRaw`DELETE FROM segments WHERE id = ${id}::uuid AND site_id = ${siteId}::uuid`;
  return removed === 1;
}
