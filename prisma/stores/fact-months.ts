import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { leavingPartitions, parseMonth, uuidV7Floor } from './partitions.ts';

/**
 * Retention is taking a month away, and may yet put it back: what is folded meanwhile would miss its facts or its events.
 * Retention either ends with the month or, where changes of it wait, puts it back.
 */
export class MonthIsLeaving extends Error {
  override readonly name = 'MonthIsLeaving';
  /** As Prisma names a transaction that has to be run again, which is all that helps. */
  readonly code = 'P2034';
  constructor(labels: readonly string[]) {
    super(
      `Retention is taking ${labels.join(', ')} away. Folding goes on when the month is gone or put back; after a run that ` +
        'was killed, run retention again, which puts it back.',
    );
  }
}

/** The months of which something is detached, or about to be, by retention. */
async function leavingMonths(db: SqlExecutor) {
  const leaving = (await leavingPartitions(db)).filter(({ state }) => state !== 'attached');
  return [...new Set(leaving.map(({ name }) => name.slice(-'2025_01'.length)))].flatMap((label) => {
    const month = parseMonth(label);
    return month ? [{ label, from: uuidV7Floor(month.from), to: uuidV7Floor(month.to) }] : [];
  });
}

/**
 * Before the facts of these events are made what the events are. Whoever has facts locked keeps it so: retention takes a
 * month's facts first, and under the same lock. @throws MonthIsLeaving
 */
export async function refuseLeavingMonthsOf(tx: SqlExecutor, ids: readonly string[]): Promise<void> {
  const months = await leavingMonths(tx);
  const touched = months.filter(({ from, to }) => ids.some((id) => id >= from && id < to));
  if (touched.length > 0) throw new MonthIsLeaving(touched.map(({ label }) => label));
}

/** Before a read model is folded from all facts there are, with facts locked. @throws MonthIsLeaving */
export async function refuseLeavingMonths(tx: SqlExecutor): Promise<void> {
  const months = await leavingMonths(tx);
  if (months.length > 0) throw new MonthIsLeaving(months.map(({ label }) => label));
}

const bounds = z.array(z.object({ from: z.string(), to: z.string() }));

/** Those of the ids that an attached partition of events covers: of the others nobody can tell whether there is an event. */
export async function coveredByEvents(db: SqlExecutor, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await db.$queryRaw`
    SELECT bound[1] AS "from", bound[2] AS "to"
    FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    CROSS JOIN LATERAL regexp_match(
      pg_get_expr(child.relpartbound, child.oid), 'FROM \\(''(.+)''\\) TO \\(''(.+)''\\)') AS bound
    WHERE inhparent = to_regclass('events') AND NOT inhdetachpending AND bound IS NOT NULL`;
  const months = bounds.parse(rows);
  return ids.filter((id) => months.some(({ from, to }) => id >= from && id < to));
}
