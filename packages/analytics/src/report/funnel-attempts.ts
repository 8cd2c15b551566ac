/** Steps that one visitor took, in order, as `funnelStatement` orders them. Times are microseconds. */
export interface StepsTaken {
  readonly times: readonly number[];
  /** From 0. */
  readonly steps: readonly number[];
}

export interface Attempt {
  /** Where it begins in the steps taken. */
  readonly begins: number;
  /** When each step was reached that was; the first is that of step 0. */
  readonly reached: readonly number[];
}

/**
 * The attempt that goes furthest, the first of several; null where no first step was taken.
 *
 * Every first step begins an attempt. It takes the earliest next step behind the one before, as long as that is within the
 * window from where it began: no other choice could get further, because whatever can follow a later one can follow the
 * earliest. A visitor so reaches a step if there is any way to reach it.
 *
 * One pass: an attempt that begins later finds none of its steps earlier, so that what was skipped stays skipped.
 */
export function bestAttempt({ times, steps }: StepsTaken, stepCount: number, windowMicros: number): Attempt | null {
  const positions = Array.from({ length: stepCount }, (): number[] => []);
  steps.forEach((step, at) => {
    positions[step]?.push(at);
  });
  const next = positions.map(() => 0);
  let best: Attempt | null = null;
  for (const begins of positions[0] ?? []) {
    const latest = timeAt(times, begins) + windowMicros;
    const reached = [timeAt(times, begins)];
    let at = begins;
    while (reached.length < stepCount) {
      const found = skipTo(positions, next, reached.length, at);
      if (found === undefined || timeAt(times, found) > latest) break;
      reached.push(timeAt(times, found));
      at = found;
    }
    if (reached.length > (best?.reached.length ?? 0)) best = { begins, reached };
    if (reached.length === stepCount) break;
  }
  return best;
}

/** The first position of a step behind another position. */
function skipTo(positions: readonly number[][], next: number[], step: number, behind: number): number | undefined {
  const ofStep = positions[step] ?? [];
  let index = next[step] ?? 0;
  while (index < ofStep.length && (ofStep[index] ?? 0) <= behind) index += 1;
  next[step] = index;
  return ofStep[index];
}

const timeAt = (times: readonly number[], at: number) => times[at] ?? Number.NaN;
