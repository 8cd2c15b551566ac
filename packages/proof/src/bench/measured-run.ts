import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { cpuSeconds, residentMiB } from './process-usage.ts';

interface Usage {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  /** Of the server's processes that worked for it; 0 where the server is on another machine. */
  readonly postgresCpuSeconds: number;
  readonly postgresPeakMiB: number;
  /** Null for a process that was killed. */
  readonly code: number | null;
}

export interface MeasuredRun {
  readonly usage: Promise<Usage>;
  kill(): void;
}

const SAMPLE_EVERY_MS = 100;

interface Sampled {
  cpuSeconds: number;
  peakMiB: number;
}

/** Runs a script with its arguments in a process of its own, and measures it and its connections to the database. */
export function startMeasured(args: readonly string[], databaseUrl: string): MeasuredRun {
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), ...args], { stdio: 'inherit' });
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, at: performance.now() }));
  return { usage: measure(child.pid ?? 0, databaseUrl, started, ended), kill: () => child.kill('SIGKILL') };
}

async function measure(
  pid: number,
  databaseUrl: string,
  started: number,
  ended: Promise<{ readonly code: number | null; readonly at: number }>,
): Promise<Usage> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'tallymark-bench' });
  await client.connect();
  const own: Sampled = { cpuSeconds: 0, peakMiB: 0 };
  const backends = new Map<number, Sampled>();
  try {
    for (;;) {
      const over = await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, SAMPLE_EVERY_MS, null))]);
      sample(own, pid);
      const { rows } = await client.query<{ pid: number }>(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%deduplication%'",
      );
      for (const backend of rows) {
        const sampled = backends.get(backend.pid) ?? { cpuSeconds: 0, peakMiB: 0 };
        backends.set(backend.pid, sampled);
        sample(sampled, backend.pid);
      }
      if (over) break;
    }
  } finally {
    await client.end();
  }
  const { code, at } = await ended;
  const all = [...backends.values()];
  return {
    seconds: (at - started) / 1_000,
    ...own,
    postgresCpuSeconds: all.reduce((sum, backend) => sum + backend.cpuSeconds, 0),
    postgresPeakMiB: all.reduce((most, backend) => Math.max(most, backend.peakMiB), 0),
    code,
  };
}

/** A process that has ended reads as 0, and keeps what it had. */
function sample(sampled: Sampled, pid: number): void {
  sampled.cpuSeconds = Math.max(sampled.cpuSeconds, cpuSeconds(pid));
  sampled.peakMiB = Math.max(sampled.peakMiB, residentMiB(pid));
}
