import { exact, type Figure } from '@tallymark/contract/reports/figure';
import type { VisitorPart, VisitorPieces } from '@tallymark/prisma/stores/report-visitor-parts';
import { cutPeriod, cutQuarters, DAY_MS, type Period } from './cut-period.ts';
import { HyperLogLog, SKETCH_ERROR } from './hyperloglog.ts';

const HASH_BYTES = 8;

/** Whole months and days of each bucket, and what is left of it in quarters of an hour and finer. */
export function visitorPiecesOf(buckets: readonly Period[]): VisitorPieces {
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

/** The distinct visitors of all parts together. Exact where there is nothing to unite. */
export function united(parts: readonly VisitorPart[]): Figure {
  const [only] = parts;
  if (only === undefined) return exact(0);
  if (parts.length === 1 && only.hashes) return exact(only.hashes.length / HASH_BYTES);
  if (parts.length === 1 && only.visitors !== null) return exact(only.visitors);
  const union = new HyperLogLog();
  addParts(union, parts);
  return estimateOf(union);
}

export function addParts(union: HyperLogLog, parts: readonly VisitorPart[]): void {
  for (const { sketch, hashes } of parts) {
    if (sketch) union.merge(sketch);
    if (hashes) union.addAll(hashes);
  }
}

export function estimateOf(union: HyperLogLog): Figure {
  const value = Math.round(union.estimate());
  return { value, error: { standard: value * SKETCH_ERROR, reason: 'sketch' } };
}
