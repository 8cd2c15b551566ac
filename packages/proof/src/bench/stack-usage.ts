import type { IngestStack } from './ingest-stack.ts';
import { cpuSeconds } from './process-usage.ts';

/** CPU seconds of each process of a stack so far. */
export type Usage = Readonly<Record<string, number>>;

export function usageOf({ pids }: IngestStack): Usage {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, pid === 0 ? 0 : cpuSeconds(pid)]));
}

/** Columns of a table: microseconds of CPU an event. */
export function perEvent(before: Usage, after: Usage, events: number): Usage {
  return Object.fromEntries(
    Object.entries(after).map(([name, seconds]) => [`${name} µs/ev`, ((seconds - (before[name] ?? 0)) * 1e6) / events]),
  );
}
