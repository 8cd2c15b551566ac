import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

/** The user a child runs as; only root can choose. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Receives stdout and stderr, appended. */
  readonly logFile: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly runAs?: RunAs;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface BackgroundProcess {
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  /** Undefined while it runs. */
  exit(): ProcessExit | undefined;
}

/**
 * Starts a process in a session of its own: a Ctrl-C in the terminal reaches only the orchestrator, which then stops its
 * children in order. Rejects when the program cannot be started at all.
 */
export async function startProcess(options: ProcessOptions): Promise<BackgroundProcess> {
  const log = openSync(options.logFile, 'a');
  let child: ChildProcess;
  try {
    child = spawn(options.command, options.args, {
      stdio: ['ignore', log, log],
      detached: true,
      cwd: options.cwd,
      env: options.env ?? process.env,
      ...options.runAs,
    });
  } finally {
    closeSync(log);
  }
  let exit: ProcessExit | undefined;
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal };
      resolve(exit);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  return { pid: child.pid as number, exited, exit: () => exit };
}

export type StopOutcome = 'stopped' | 'killed';

/** Asks with `signal`; whoever is still there at the deadline is killed together with its process group. */
export async function stopProcess(
  running: BackgroundProcess,
  { signal = 'SIGTERM', deadlineMs }: { signal?: NodeJS.Signals; deadlineMs: number },
): Promise<StopOutcome> {
  if (running.exit()) return 'stopped';
  sendSignal(running.pid, signal);
  const timer = new AbortController();
  const inTime = await Promise.race([
    running.exited.then(() => true),
    pause(deadlineMs, false, { signal: timer.signal }).catch(() => true),
  ]);
  timer.abort();
  if (inTime) return 'stopped';
  sendSignal(-running.pid, 'SIGKILL');
  await running.exited;
  return 'killed';
}

/** False when there is no such process. */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    // Somebody else's process: it exists, which is all that signal 0 asks.
    if (signal === 0) return true;
    throw error;
  }
}

/**
 * Name of the program behind a process number, undefined when there is none. Process numbers are used again, after a
 * restart of a container almost always, so a number in an old file says nothing until the name fits too.
 */
export function programOf(pid: number): string | undefined {
  try {
    if (platform() === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const end = stat.lastIndexOf(')');
      // A zombie has ended; only its parent has not looked yet.
      return stat.slice(end + 2, end + 3) === 'Z' ? undefined : stat.slice(stat.indexOf('(') + 1, end);
    }
    return execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}
