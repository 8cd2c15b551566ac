/** Half open: `to` is not in it. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** A period in pieces that read models are kept by. Pieces tile it; each list is in order and has no empty piece. */
export interface CutPeriod {
  /** Runs of consecutive whole UTC months. */
  readonly months: readonly Period[];
  /** Runs of consecutive whole UTC days beside those months. */
  readonly days: readonly Period[];
  /** What is left at the ends, each shorter than a day, or the period itself where it holds no whole day. */
  readonly rests: readonly Period[];
}

export const DAY_MS = 86_400_000;
export const QUARTER_MS = 900_000;

/** Whole months in the middle, whole days around them, rests around those. Nothing of a period that is empty. */
export function cutPeriod(from: Date, to: Date): CutPeriod {
  const { middle: days, ends: rests } = cutOut({ from, to }, startOfDay);
  const byMonth = days.map((run) => cutOut(run, startOfMonth));
  return { months: byMonth.flatMap(({ middle }) => middle), days: byMonth.flatMap(({ ends }) => ends), rests };
}

/** The whole quarters of an hour of a period, and what is left at its ends. */
export function cutQuarters(period: Period): {
  readonly quarters: readonly Period[];
  readonly rests: readonly Period[];
} {
  const { middle, ends } = cutOut(period, startOfQuarter);
  return { quarters: middle, rests: ends };
}

/** `next` 1: of the unit that follows the one the time lies in. */
type StartOf = (time: number, next: 0 | 1) => number;

const startOfQuarter: StartOf = (time, next) => (Math.floor(time / QUARTER_MS) + next) * QUARTER_MS;
const startOfDay: StartOf = (time, next) => (Math.floor(time / DAY_MS) + next) * DAY_MS;
const startOfMonth: StartOf = (time, next) => {
  const date = new Date(time);
  const start = new Date(0);
  // Date.UTC would take the years 0 to 99 for those of the last century.
  start.setUTCFullYear(date.getUTCFullYear(), date.getUTCMonth() + next, 1);
  return start.getTime();
};

function cutOut({ from, to }: Period, startOf: StartOf): { middle: Period[]; ends: Period[] } {
  if (from >= to) return { middle: [], ends: [] };
  // The first border at or behind `from`, the last at or before `to`.
  const first = startOf(from.getTime() - 1, 1);
  const last = startOf(to.getTime(), 0);
  if (first >= last) return { middle: [], ends: [{ from, to }] };
  const [begin, end] = [new Date(first), new Date(last)];
  return {
    middle: [{ from: begin, to: end }],
    ends: [
      { from, to: begin },
      { from: end, to },
    ].filter((piece) => piece.from < piece.to),
  };
}
