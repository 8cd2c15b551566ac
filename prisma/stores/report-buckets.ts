import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

export type BucketUnit = 'minute' | 'quarter' | 'hour' | 'day' | 'week' | 'month';

const STEP: Readonly<Record<BucketUnit, string>> = {
  minute: '1 minute',
  quarter: '15 minutes',
  hour: '1 hour',
  day: '1 day',
  week: '7 days',
  month: '1 month',
};

/**
 * Where the buckets of a period begin, in the calendar of its time zone: the last at or before `from`, and all before `to`.
 * Days and longer units begin with the first moment of their date, also where clocks go back over midnight and it comes
 * twice; hours are those of the zone's clocks, minutes and quarters those of every zone.
 */
export async function readBuckets(
  db: SqlExecutor,
  { from, to, timeZone }: { readonly from: Date; readonly to: Date; readonly timeZone: string },
  unit: BucketUnit,
): Promise<Date[]> {
  const calendar = unit === 'day' || unit === 'week' || unit === 'month';
  const rows = calendar
    ? await db.$queryRaw`
        SELECT CASE WHEN (late - interval '1 hour') AT TIME ZONE ${timeZone} >= local
                 THEN late - interval '1 hour' ELSE late END AS start
        FROM generate_series(
          date_trunc(${unit}, ${from}::timestamptz AT TIME ZONE ${timeZone}),
          ${to}::timestamptz AT TIME ZONE ${timeZone}, ${STEP[unit]}::interval) AS local
        CROSS JOIN LATERAL (SELECT local AT TIME ZONE ${timeZone}) AS later (late) ORDER BY 1`
    : await db.$queryRaw`
        SELECT DISTINCT CASE WHEN ${unit} = 'hour' THEN date_trunc('hour', step, ${timeZone}) ELSE step END AS start
        FROM generate_series(
          date_trunc('hour', ${from}::timestamptz, ${timeZone}), ${to}::timestamptz,
          ${unit === 'minute' ? STEP.minute : STEP.quarter}::interval) AS step ORDER BY 1`;
  const starts = z
    .array(z.object({ start: z.date() }))
    .parse(rows)
    .map(({ start }) => start);
  return starts.filter((start, at) => start < to && (starts[at + 1] ?? to) > from);
}
