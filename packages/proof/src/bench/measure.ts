import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface Sample {
  /** Units of work per second of wall clock. */
  readonly perSecond: number;
  /** CPU time of this process per unit of work, in microseconds: all threads, garbage collection included. */
  readonly cpuMicros: number;
}

export async function sample(units: number, work: () => Promise<void>): Promise<Sample> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (units / ms) * 1_000, cpuMicros: (user + system) / units };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** So that nobody pays for the garbage of who came before. */
export function collectGarbage(): void {
  gc();
}
