import { exact, type Figure } from '@tallymark/contract/reports/figure';
import { findVisitorParts, type VisitorPart, type VisitorPieces } from '@tallymark/prisma/stores/report-visitor-parts';
import { runVisitorsStatement, type VisitorSources, visitorsStatement } from '@tallymark/prisma/stores/report-visitors';
import { cutPeriod, cutQuarters, DAY_MS, type Period, QUARTER_MS } from './cut-period.ts';
import { HyperLogLog, SKETCH_ERROR } from './hyperloglog.ts';
import type { ReportReader } from './report-database.ts';
import type { QuestionScope } from './resolve-scope.ts';

/** The longest month of any time zone has an hour more than 31 days. */
const EXACT_MS = 31 * DAY_MS + 3_600_000;
const EXACT_BUCKETS_MS = 100 * DAY_MS;
const HASH_BYTES = 8;
const NARROW = 'Ask for a shorter period, or without the filter.';

/**
 * Distinct visitors of a scope. Exact for 31 days and for whatever has a filter; a longer period is put together of
 * sketches, and says its error. Where events were sampled, it is the visitors that were kept: a visitor has no weight.
 * @throws ReportError `too_expensive` for a filter over more facts than may be read.
 */
export async function countVisitors(db: ReportReader, scope: QuestionScope): Promise<Figure> {
  const long = scope.to.getTime() - scope.from.getTime() > EXACT_MS;
  if (scope.filter.length === 0 && long) return figureOf(await findVisitorParts(db, scope, piecesOf([scope])));
  const sources = scope.filter.length > 0 ? onlyFacts(scope) : cutSources(scope);
  return exact((await countExactly(db, scope, sources, null)).get(0) ?? 0);
}

/**
 * Distinct visitors of each bucket, in the order given. Buckets are in order and apart; they say the period, not the scope.
 * Exact up to 100 days, with a filter, and for buckets that hold no whole UTC day or are no more than one; others are
 * put together of sketches.
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
  if (coarse && whole.to.getTime() - whole.from.getTime() > EXACT_BUCKETS_MS && buckets.some(hasWholeDay)) {
    const partsOf = buckets.map((): VisitorPart[] => []);
    for (const part of await findVisitorParts(db, scope, piecesOf(buckets))) partsOf[part.bucket]?.push(part);
    return partsOf.map(figureOf);
  }
  const counts = await countExactly(db, scope, coarse ? cutSources(whole) : onlyFacts(whole), buckets);
  return buckets.map((_, n) => exact(counts.get(n) ?? 0));
}

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

function piecesOf(buckets: readonly Period[]): VisitorPieces {
  const cut = buckets.map(({ from, to }, bucket) => ({ bucket, ...cutPeriod(from, to) }));
  const rests = cut.flatMap(({ bucket, rests }) => rests.map((rest) => ({ bucket, ...cutQuarters(rest) })));
  return {
    months: cut.flatMap(({ bucket, months }) => startsOf(bucket, months, nextMonth)),
    days: cut.flatMap(({ bucket, days }) => startsOf(bucket, days, nextDay)),
    quarters: rests.flatMap(({ bucket, quarters }) => quarters.map((run) => ({ bucket, ...run }))),
    rests: rests.flatMap(({ bucket, rests: finest }) => finest.map((rest) => ({ bucket, ...rest }))),
  };
}

const nextDay = (date: Date) => new Date(date.getTime() + DAY_MS);
const nextMonth = (date: Date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1));

/** Every unit of the runs. */
function startsOf(bucket: number, runs: readonly Period[], next: (date: Date) => Date) {
  return runs.flatMap(({ from, to }) => {
    const starts = [];
    for (let startsOn = from; startsOn < to; startsOn = next(startsOn)) starts.push({ bucket, startsOn });
    return starts;
  });
}

/** Exact where there is nothing to unite. */
function figureOf(parts: readonly VisitorPart[]): Figure {
  const [only] = parts;
  if (only === undefined) return exact(0);
  if (parts.length === 1 && only.hashes) return exact(only.hashes.length / HASH_BYTES);
  if (parts.length === 1 && only.visitors !== null) return exact(only.visitors);
  const union = new HyperLogLog();
  for (const { sketch, hashes } of parts) {
    if (sketch) union.merge(HyperLogLog.fromBytes(sketch));
    if (hashes) union.addAll(hashes);
  }
  const value = Math.round(union.estimate());
  return { value, error: { standard: value * SKETCH_ERROR, reason: 'sketch' } };
}
