import { exact, type Figure } from '@tallymark/contract/reports/figure';
import { findVisitorParts, type VisitorPart } from '@tallymark/prisma/stores/report-visitor-parts';
import { countVisitors } from './count-visitors.ts';
import { cutPeriod, cutQuarters, DAY_MS, type Period } from './cut-period.ts';
import { HyperLogLog, SKETCH_ERROR } from './hyperloglog.ts';
import type { ReportReader } from './report-database.ts';
import type { QuestionScope } from './resolve-scope.ts';

const EXACT_MS = 31 * DAY_MS;
const HASH_BYTES = 8;

/**
 * Distinct visitors of several sites; whoever was on two of them, by the id a host gave, is one. Exact for 31 days and for
 * one site as `countVisitors` is, a sketch for more. The scope has no filter.
 */
export async function countVisitorsOfSites(
  db: ReportReader,
  scope: Omit<QuestionScope, 'siteId'>,
  siteIds: readonly string[],
): Promise<Figure> {
  const [only, ...others] = siteIds;
  if (only === undefined) return exact(0);
  if (others.length === 0) return countVisitors(db, { ...scope, siteId: only });
  const exactly = scope.to.getTime() - scope.from.getTime() <= EXACT_MS;
  const pieces = piecesOf(scope, exactly);
  const parts: VisitorPart[] = [];
  for (const siteId of siteIds) parts.push(...(await findVisitorParts(db, { ...scope, siteId }, pieces)));
  return exactly ? exact(distinct(parts)) : united(parts);
}

function distinct(parts: readonly VisitorPart[]): number {
  const seen = new Set<bigint>();
  for (const { hashes } of parts) {
    if (hashes === null) continue;
    const view = new DataView(hashes.buffer, hashes.byteOffset, hashes.byteLength);
    for (let at = 0; at < hashes.byteLength; at += HASH_BYTES) seen.add(view.getBigInt64(at));
  }
  return seen.size;
}

function united(parts: readonly VisitorPart[]): Figure {
  const union = new HyperLogLog();
  for (const { sketch, hashes } of parts) {
    if (sketch) union.merge(HyperLogLog.fromBytes(sketch));
    if (hashes) union.addAll(hashes);
  }
  const value = Math.round(union.estimate());
  return { value, error: value === 0 ? null : { standard: value * SKETCH_ERROR, reason: 'sketch' } };
}

function piecesOf({ from, to }: Period, exactly: boolean) {
  const { months, days, rests } = exactly ? { months: [], days: [], rests: [{ from, to }] } : cutPeriod(from, to);
  const cut = rests.map(cutQuarters);
  const bucketed = (period: Period) => ({ bucket: 0, ...period });
  return {
    months: months.flatMap((run) =>
      unitsOf(run, (date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1))),
    ),
    days: days.flatMap((run) => unitsOf(run, (date) => new Date(date.getTime() + DAY_MS))),
    quarters: cut.flatMap(({ quarters }) => quarters.map(bucketed)),
    rests: cut.flatMap((piece) => piece.rests.map(bucketed)),
  };
}

function unitsOf({ from, to }: Period, next: (date: Date) => Date) {
  const units = [];
  for (let startsOn = from; startsOn < to; startsOn = next(startsOn)) units.push({ bucket: 0, startsOn });
  return units;
}
