import { exact, type Figure } from '@tallymark/contract/reports/figure';
import { findVisitorParts, type VisitorPart } from '@tallymark/prisma/stores/report-visitor-parts';
import {
  countVisits,
  runVisitorsStatement,
  type VisitorSources,
  visitorsStatement,
} from '@tallymark/prisma/stores/report-visitors';
import { cutPeriod, cutQuarters, type Period, QUARTER_MS } from './cut-period.ts';
import type { ReportReader } from './report-database.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { united, visitorPiecesOf } from './visitor-pieces.ts';

const NARROW = 'Ask for a shorter period, or without the filter.';

/**
 * Distinct visitors of a scope. Exact for as many visits as `exactVisits`, for less than a day, and for whatever has a
 * filter; of more, it is put together of sketches, and says its error. Where events were sampled, it is the visitors that were kept: a visitor has no weight.
 * @throws ReportError `too_expensive` for a filter over more facts than may be read.
 */
export async function countVisitors(db: ReportReader, scope: QuestionScope): Promise<Figure> {
  if (scope.filter.length === 0 && hasWholeDay(scope) && !(await isFew(db, scope))) {
    return united(await findVisitorParts(db, scope, visitorPiecesOf([scope])));
  }
  const sources = scope.filter.length > 0 ? onlyFacts(scope) : cutSources(scope);
  return exact((await countExactly(db, scope, sources, null)).get(0) ?? 0);
}

/**
 * Distinct visitors of each bucket, in the order given. Buckets are in order and apart; they say the period, not the scope.
 * Exact for as many visits as `exactVisits`, with a filter, and for buckets that hold no whole UTC day or are no more than
 * one; others are put together of sketches.
 */
export async function countVisitorsByBucket(
  db: ReportReader,
  scope: QuestionScope,
  buckets: readonly Period[],
): Promise<Figure[]> {
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (first === undefined || last === undefined) return [];
  const whole = { from: first.from, to: last.to };
  const coarse = scope.filter.length === 0 && innerBordersOnQuarters(buckets);
  if (coarse && buckets.some(hasWholeDay) && !(await isFew(db, { ...scope, ...whole }))) {
    const partsOf = buckets.map((): VisitorPart[] => []);
    for (const part of await findVisitorParts(db, scope, visitorPiecesOf(buckets))) partsOf[part.bucket]?.push(part);
    return partsOf.map(united);
  }
  const counts = await countExactly(db, scope, coarse ? cutSources(whole) : onlyFacts(whole), buckets);
  return buckets.map((_, n) => exact(counts.get(n) ?? 0));
}

const isFew = async (db: ReportReader, scope: QuestionScope) =>
  (await countVisits(db, scope, db.exactVisits)) <= db.exactVisits;

async function countExactly(
  db: ReportReader,
  scope: QuestionScope,
  sources: VisitorSources,
  buckets: readonly Period[] | null,
): Promise<ReadonlyMap<number, number>> {
  if (sources.quarters.length + sources.rests.length === 0) return new Map();
  const statement = visitorsStatement(scope, sources, buckets);
  // Rests of a quarter are never much.
  if (sources.quarters.length === 0) await db.afford(statement.sql, statement.parameters, NARROW);
  return runVisitorsStatement(db, statement);
}

const onlyFacts = ({ from, to }: Period): VisitorSources => ({ quarters: [], rests: [{ from, to }] });
const cutSources = ({ from, to }: Period): VisitorSources => cutQuarters({ from, to });

function innerBordersOnQuarters(buckets: readonly Period[]): boolean {
  const inner = [...buckets.slice(1).map(({ from }) => from), ...buckets.slice(0, -1).map(({ to }) => to)];
  return inner.every((border) => border.getTime() % QUARTER_MS === 0);
}

function hasWholeDay({ from, to }: Period): boolean {
  const { months, days } = cutPeriod(from, to);
  return months.length + days.length > 0;
}
