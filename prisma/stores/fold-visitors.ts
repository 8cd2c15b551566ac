import type { SqlExecutor } from '../sql-executor.ts';
import { CHANGES, type FactRange } from './fact-changes.ts';
import { type AdditiveModel, DAY, foldAdditive, QUARTER } from './fold-additive.ts';

export interface VisitorTables {
  readonly quarters: string;
  readonly sketches: string;
  readonly due: string;
}

const QUARTERS: AdditiveModel = {
  keys: { site_id: 'f.site_id', quarter: QUARTER, visitor: 'f.visitor', is_bot: 'f.is_bot' },
  sums: {},
  where: 'f.visitor IS NOT NULL',
};

/** Who was there when; and the sketches that are not right any more go, to be made again. */
export async function foldVisitors(tx: SqlExecutor, tables: VisitorTables, range: FactRange): Promise<void> {
  await foldAdditive(tx, tables.quarters, QUARTERS, range);
  const days = `WITH ${CHANGES}, days AS (
    SELECT DISTINCT f.site_id, ${DAY} AS day FROM changes f WHERE f.visitor IS NOT NULL)`;
  // An update of nothing waits for whoever is making the sketch of the day, and is waited for: it must not be made of
  // less than what is counted, and the mark must outlast it.
  await tx.$executeRawUnsafe(
    `${days} INSERT INTO ${tables.due} AS due (site_id, starts_on) SELECT site_id, day FROM days ORDER BY 1, 2
     ON CONFLICT (site_id, starts_on) DO UPDATE SET starts_on = excluded.starts_on`,
    range.after,
    range.upTo,
  );
  await tx.$executeRawUnsafe(
    `${days} DELETE FROM ${tables.sketches} AS sketch USING days
     WHERE sketch.site_id = days.site_id AND (
       sketch.grain = 'day' AND sketch.starts_on = days.day
       OR sketch.grain = 'month' AND sketch.starts_on = date_trunc('month', days.day)::date)`,
    range.after,
    range.upTo,
  );
}
