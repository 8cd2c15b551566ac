import { exact, type Figure } from '@tallymark/contract/reports/figure';
import { findVisitorParts, type VisitorPart } from '@tallymark/prisma/stores/report-visitor-parts';
import { hasFewVisits } from '@tallymark/prisma/stores/report-visitors';
import { countVisitors } from './count-visitors.ts';
import { cutQuarters, type Period } from './cut-period.ts';
import type { ReportReader } from './report-database.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { piecesOf, united } from './visitor-pieces.ts';

const HASH_BYTES = 8;

/**
 * Distinct visitors of several sites; whoever was on two of them, by the id a host gave, is one. Exact where each site has
 * few visits, as `countVisitors` says it; a sketch otherwise. The scope has no filter.
 */
export async function countVisitorsOfSites(
  db: ReportReader,
  scope: Omit<QuestionScope, 'siteId'>,
  siteIds: readonly string[],
): Promise<Figure> {
  const [only, ...others] = siteIds;
  if (only === undefined) return exact(0);
  if (others.length === 0) return countVisitors(db, { ...scope, siteId: only });
  const few = [];
  for (const siteId of siteIds) few.push(await hasFewVisits(db, { ...scope, siteId }, db.exactVisits));
  const exactly = few.every(Boolean);
  const pieces = exactly ? unsketched(scope) : piecesOf([scope]);
  const parts: VisitorPart[] = [];
  for (const siteId of siteIds) parts.push(...(await findVisitorParts(db, { ...scope, siteId }, pieces)));
  return exactly ? exact(distinct(parts)) : united(parts);
}

function unsketched(period: Period) {
  const { quarters, rests } = cutQuarters(period);
  const bucketed = (piece: Period) => ({ bucket: 0, ...piece });
  return { months: [], days: [], quarters: quarters.map(bucketed), rests: rests.map(bucketed) };
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
