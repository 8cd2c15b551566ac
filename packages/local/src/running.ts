import type { StopOutcome } from './process.ts';

interface Part {
  readonly name: string;
  readonly stop: () => Promise<StopOutcome>;
}

export interface Running {
  /** Aborts when one of the parts ends by itself; the reason names it. */
  readonly failed: AbortSignal;
  /** From now on the part is watched, and stopped before those that were added earlier. */
  add(name: string, part: { exited: Promise<unknown>; logFile: string; stop: () => Promise<StopOutcome> }): void;
  /** Stops everything, last started first, with a line for each. */
  stopAll(print: (line: string) => void): Promise<void>;
}

export function watchRunning(): Running {
  const parts: Part[] = [];
  const failure = new AbortController();
  let stopping = false;
  return {
    failed: failure.signal,
    add: (name, { exited, logFile, stop }) => {
      parts.unshift({ name, stop });
      void exited.then(() => {
        if (!stopping) failure.abort(new Error(`${name} ended by itself. See ${logFile}`));
      });
    },
    stopAll: async (print) => {
      stopping = true;
      for (const { name, stop } of parts.splice(0)) {
        const start = performance.now();
        const outcome = await stop().catch((error: Error) => error.message);
        const seconds = ((performance.now() - start) / 1000).toFixed(1);
        print(outcome === 'stopped' ? `  ✓ ${name} stopped (${seconds} s)` : `  ✗ ${name} ${outcome} (${seconds} s)`);
      }
    },
  };
}
