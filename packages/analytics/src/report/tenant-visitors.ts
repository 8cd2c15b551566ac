import { exact, type Figure } from '@tallymark/contract/reports/figure';
import { findVisitorParts } from '@tallymark/prisma/stores/report-visitor-parts';
import { countVisits } from '@tallymark/prisma/stores/report-visitors';
import { countVisitors } from './count-visitors.ts';
import { cutQuarters, type Period } from './cut-period.ts';
import { HyperLogLog } from './hyperloglog.ts';
import type { ReportReader } from './report-database.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { addParts, estimateOf, visitorPiecesOf } from './visitor-pieces.ts';

const HASH_BYTES = 8;

type Scope = Omit<QuestionScope, 'siteId'>;

/**
 * Distinct visitors of several sites; whoever was on two of them, by the id a host gave, is one. Exact where the sites
 * together have few visits, as `countVisitors` says it; a sketch otherwise. The scope has no filter.
 */
export async function countVisitorsOfSites(
  db: ReportReader,
  scope: Scope,
  siteIds: readonly string[],
): Promise<Figure> {
  const [only, ...others] = siteIds;
  if (only === undefined) return exact(0);
  if (others.length === 0) return countVisitors(db, { ...scope, siteId: only });
  if (await haveFewVisits(db, scope, siteIds)) return exact(await countDistinct(db, scope, siteIds));
  const union = new HyperLogLog();
  const pieces = visitorPiecesOf([scope]);
  // One site after the other: their sketches at once would be gigabytes for a tenant with thousands.
  for (const siteId of siteIds) addParts(union, await findVisitorParts(db, { ...scope, siteId }, pieces));
  return estimateOf(union);
}

/** All sites together. */
async function haveFewVisits(db: ReportReader, scope: Scope, siteIds: readonly string[]): Promise<boolean> {
  let left = db.exactVisits;
  for (const siteId of siteIds) {
    left -= await countVisits(db, { ...scope, siteId }, left);
    if (left < 0) return false;
  }
  return true;
}

async function countDistinct(db: ReportReader, scope: Scope, siteIds: readonly string[]): Promise<number> {
  const seen = new Set<bigint>();
  const pieces = unsketched(scope);
  for (const siteId of siteIds) {
    for (const { hashes } of await findVisitorParts(db, { ...scope, siteId }, pieces)) {
      if (hashes) addDistinct(seen, hashes);
    }
  }
  return seen.size;
}

function unsketched(period: Period) {
  const { quarters, rests } = cutQuarters(period);
  const bucketed = (piece: Period) => ({ bucket: 0, ...piece });
  return { months: [], days: [], quarters: quarters.map(bucketed), rests: rests.map(bucketed) };
}

function addDistinct(seen: Set<bigint>, hashes: Uint8Array): void {
  const view = new DataView(hashes.buffer, hashes.byteOffset, hashes.byteLength);
  for (let at = 0; at < hashes.byteLength; at += HASH_BYTES) seen.add(view.getBigInt64(at));
}
