import type { FunnelAnswer } from '@tallymark/contract/reports/funnel';

type FunnelPart = Pick<FunnelAnswer, 'steps' | 'conversion'>;

const MICROS = 1_000_000;

/** Counts attempts, one of each visitor. */
export class FunnelTally {
  private readonly visitors: number[];
  /** By step, microseconds since the step before. */
  private readonly gaps: number[][];

  constructor(stepCount: number) {
    this.visitors = Array.from({ length: stepCount }, () => 0);
    this.gaps = Array.from({ length: stepCount }, () => []);
  }

  /** Visitors who took the first step. */
  get started(): number {
    return this.visitors[0] ?? 0;
  }

  /** @param reached when each step was, in microseconds */
  add(reached: readonly number[]): void {
    reached.forEach((time, step) => {
      this.visitors[step] = (this.visitors[step] ?? 0) + 1;
      if (step > 0) this.gaps[step]?.push(time - (reached[step - 1] ?? time));
    });
  }

  merge(other: FunnelTally): void {
    other.visitors.forEach((visitors, step) => {
      this.visitors[step] = (this.visitors[step] ?? 0) + visitors;
      for (const gap of other.gaps[step] ?? []) this.gaps[step]?.push(gap);
    });
  }

  answer(): FunnelPart {
    const { visitors, started } = this;
    const steps = visitors.map((reached, step) => ({
      step: step + 1,
      visitors: reached,
      shareOfFirst: shareOf(reached, started),
      shareOfPrevious: step === 0 ? null : shareOf(reached, visitors[step - 1] ?? 0),
      medianSeconds: medianSeconds(this.gaps[step] ?? []),
    }));
    return { steps, conversion: shareOf(visitors.at(-1) ?? 0, started) };
  }
}

const shareOf = (part: number, whole: number) => (whole === 0 ? null : part / whole);

function medianSeconds(gaps: readonly number[]): number | null {
  if (gaps.length === 0) return null;
  const sorted = Float64Array.from(gaps).sort();
  const [below, above] = [(sorted.length - 1) >> 1, sorted.length >> 1];
  return ((sorted[below] ?? 0) + (sorted[above] ?? 0)) / 2 / MICROS;
}
