import {
  findTypesSampled,
  readVariances,
  type SamplingSources,
  type VarianceWanted,
  varianceStatement,
} from '@tallymark/prisma/stores/report-sampling';
import { ALL_SAMPLED, sampledShare } from '@tallymark/prisma/stores/sampled-share';
import { cutPeriod } from './cut-period.ts';
import type { ReportReader } from './report-database.ts';
import type { QuestionScope } from './resolve-scope.ts';

const NARROW = 'Ask for a shorter period, or without the filter.';
/** Of fewer the spread is anybody's guess. */
const ENOUGH_UNITS = 100;

/**
 * The standard error of a weighted count of events, in events; 0 where nothing was sampled. `eventTypes` null is all.
 *
 * Sampling keeps or drops a unit (a visitor) with all its events of a type: it has one place from 0 to 1, and what is
 * sampled at rate p is kept where the place is below p. So an event is kept with probability p, and two of one unit are
 * kept together with probability min(p, q); units fall independently of each other. The count is the estimate of Horvitz
 * and Thompson, Σ t/p over what was kept, and its variance is estimated without bias by
 * Σ Σ (t_i/p_i)(t_j/p_j)(π_ij - π_i π_j)/π_ij over pairs that were kept (D. G. Horvitz and D. J. Thompson, "A
 * generalization of sampling without replacement from a finite universe", J. Am. Stat. Assoc. 47, 1952). With
 * π_ij = min(p_i, p_j) the last factor is 1 - max(p_i, p_j) within a unit, and 0 between two. Where very many units were
 * kept, it is worked out from one in 16 of them, or in 128, and is right within a few per cent.
 *
 * @throws ReportError `too_expensive` for a filter over more facts than may be read.
 */
export async function standardError(
  db: ReportReader,
  scope: QuestionScope,
  eventTypes: readonly string[] | null,
): Promise<number> {
  if (scope.from >= scope.to) return 0;
  const share = await sampledShare(db, scope, { eventTypes, figures: 1 });
  const [all] = await askVariances(db, scope, { eventTypes, byType: false, share });
  const told = share.factor === 1 || (all?.units ?? 0) >= ENOUGH_UNITS;
  const [sure] = told ? [all] : await askVariances(db, scope, { eventTypes, byType: false, share: ALL_SAMPLED });
  return rootOf(sure?.variance ?? 0);
}

/** The same for each type by itself. Types without a sampled event are not in it. Errors of two types do not add up. */
export async function standardErrors(db: ReportReader, scope: QuestionScope): Promise<ReadonlyMap<string, number>> {
  if (scope.from >= scope.to) return new Map();
  const types = await findTypesSampled(db, scope.siteId);
  if (types.length === 0) return new Map();
  const share = await sampledShare(db, scope, { eventTypes: null, figures: types.length });
  const found = await askVariances(db, scope, { eventTypes: null, byType: true, share });
  // A share that has enough of all types together has hardly anything of a rare one.
  const common = found.filter(({ units }) => share.factor === 1 || units >= ENOUGH_UNITS);
  const rare = types.filter((type) => !common.some(({ eventType }) => eventType === type));
  const others =
    share.factor === 1 || rare.length === 0
      ? []
      : await askVariances(db, scope, { eventTypes: rare, byType: true, share: ALL_SAMPLED });
  return new Map([...common, ...others].map(({ eventType, variance }) => [eventType ?? '', rootOf(variance)]));
}

const rootOf = (variance: number) => Math.sqrt(Math.max(0, variance));

async function askVariances(db: ReportReader, scope: QuestionScope, wanted: VarianceWanted) {
  const statement = varianceStatement(scope, sourcesOf(scope), wanted);
  if (scope.filter.length > 0) await db.afford(statement.sql, statement.parameters, NARROW);
  return readVariances(db, statement);
}

function sourcesOf({ from, to, filter }: QuestionScope): SamplingSources {
  if (filter.length > 0) return { days: [], rests: [{ from, to }] };
  const { months, days, rests } = cutPeriod(from, to);
  return { days: [...months, ...days], rests };
}
