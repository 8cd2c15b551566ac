import { RETENTION_COLUMNS, type RetentionAnswer } from '@tallymark/contract/reports/retention';
import { RETENTION_ROW_BYTES } from '@tallymark/prisma/stores/report-retention';

type Cohorts = Pick<RetentionAnswer, 'cohorts' | 'average'>;

/** Counts visitors, packed as `retentionStatement` packs them, by the unit they began in and those they were there in. */
export function countCohorts(visitors: Uint8Array, units: readonly Date[]): Cohorts {
  const columns = Math.min(RETENTION_COLUMNS, units.length);
  const sizes = units.map(() => 0);
  const returned = units.map(() => Array.from({ length: columns }, () => 0));
  const view = new DataView(visitors.buffer, visitors.byteOffset, visitors.byteLength);
  for (let at = 0; at < visitors.byteLength; at += RETENTION_ROW_BYTES) {
    const unit = view.getInt32(at);
    sizes[unit] = (sizes[unit] ?? 0) + 1;
    const counts = returned[unit] ?? [];
    countBits(counts, view.getInt32(at + 8), -unit);
    countBits(counts, view.getInt32(at + 4), 32 - unit);
  }
  const cohorts = units.map((start, unit) => ({
    start: start.toISOString(),
    visitors: sizes[unit] ?? 0,
    returned: (returned[unit] ?? []).map((count, column) => (unit + column < units.length ? count : null)),
  }));
  return { cohorts, average: Array.from({ length: columns }, (_, column) => averageOf(cohorts, column)) };
}

/** By visitors, so that a cohort of few does not count as much as one of many. */
function averageOf(cohorts: Cohorts['cohorts'], column: number): number | null {
  const known = cohorts.filter(({ returned }) => typeof returned[column] === 'number');
  const visitors = known.reduce((sum, cohort) => sum + cohort.visitors, 0);
  const back = known.reduce((sum, { returned }) => sum + (returned[column] ?? 0), 0);
  return visitors === 0 ? null : back / visitors;
}

/** Counts each bit that is set, the lowest at `offset`. Bits behind the last column are of none, and none is set before 0. */
function countBits(counts: number[], bits: number, offset: number): void {
  for (let left = bits; left !== 0; left &= left - 1) {
    const column = offset + 31 - Math.clz32(left & -left);
    if (column < counts.length) counts[column] = (counts[column] ?? 0) + 1;
  }
}
