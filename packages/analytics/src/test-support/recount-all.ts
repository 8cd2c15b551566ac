import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { z } from 'zod';
import { campaignDays, campaignMonths } from './recount-campaigns.ts';
import { eventCounts, siteCounts } from './recount-counts.ts';
import { dailyStats } from './recount-daily.ts';
import { dimensionDays, dimensionMonths } from './recount-dimensions.ts';
import { entityDays, entityMonths } from './recount-entities.ts';
import { COUNTED, type Recount } from './recount-events.ts';
import { sessionDays, sessionMonths, sessions } from './recount-sessions.ts';
import { conversionTouches, touchDays, touchMonths } from './recount-touches.ts';
import { sampledUnits, visitorQuarters } from './recount-visitors.ts';

export const RECOUNTS: readonly Recount[] = [
  siteCounts,
  eventCounts,
  dimensionDays,
  dimensionMonths,
  entityDays,
  entityMonths,
  campaignDays,
  campaignMonths,
  dailyStats,
  visitorQuarters,
  sampledUnits,
  sessions,
  sessionDays,
  sessionMonths,
  conversionTouches,
  touchDays,
  touchMonths,
];

/** Rows that are in one of the two alone, as JSON; floats are the same where they are to a millionth. */
export interface RecountDifference {
  readonly table: string;
  readonly recounted: readonly string[];
  readonly found: readonly string[];
}

const rows = z.array(z.object({ row: z.string() }));

/** Compares every read model with what events and attribution of the sites come to. */
export async function recountAll(db: SqlExecutor, sites: readonly string[]): Promise<RecountDifference[]> {
  const differences: RecountDifference[] = [];
  for (const { table, sql } of RECOUNTS) {
    const expected = await read(db, `WITH ${COUNTED} SELECT to_jsonb(r)::text AS row FROM (${sql}) r`, sites);
    const actual = await read(
      db,
      `SELECT to_jsonb(r)::text AS row FROM ${table} r WHERE r.site_id = ANY ($1::uuid[])`,
      sites,
    );
    const [recounted, found] = [without(expected, actual), without(actual, expected)];
    if (recounted.length > 0 || found.length > 0) differences.push({ table, recounted, found });
  }
  return differences;
}

async function read(db: SqlExecutor, sql: string, sites: readonly string[]): Promise<string[]> {
  return rows.parse(await db.$queryRawUnsafe(sql, [...sites])).map(({ row }) => comparable(row));
}

/** Hashes of visitors are longer than a number of JavaScript is exact. */
function comparable(row: string): string {
  const safe = row.replace(/": (-?\d{16,})(?=[,}])/g, '": "$1"');
  return JSON.stringify(JSON.parse(safe), (_key, value: unknown) =>
    typeof value === 'number' ? Math.round(value * 1e6) / 1e6 : value,
  );
}

/** Rows of a list that another has not, each as often as it is there more. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const row of other) left.set(row, (left.get(row) ?? 0) + 1);
  return list.filter((row) => {
    const count = left.get(row) ?? 0;
    left.set(row, count - 1);
    return count <= 0;
  });
}
