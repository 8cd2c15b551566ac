const PATIENCE_MS = 300_000;

/** A value that is watched, such as the length of a backlog. */
export interface Sample {
  readonly seconds: number;
  readonly value: number;
}

/** Waits for a condition, five minutes unless told otherwise. @throws Error when it is not reached by then. */
export async function until(reached: () => Promise<boolean>, patienceMs = PATIENCE_MS): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await reached())) {
    if (performance.now() > deadline) throw new Error(`Not done after ${patienceMs / 1_000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Least squares: what the value grows by in a second. */
export function slopeOf(samples: readonly Sample[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [t, b] = [mean(samples.map(({ seconds }) => seconds)), mean(samples.map(({ value }) => value))];
  const covariance = mean(samples.map(({ seconds, value }) => (seconds - t) * (value - b)));
  return covariance / mean(samples.map(({ seconds }) => (seconds - t) ** 2));
}
