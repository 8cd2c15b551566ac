import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createServer } from 'node:net';

export interface Child {
  readonly pid: number;
  /** Ends it with `signal`, with SIGKILL when the deadline passes. Resolves once it is gone. */
  stop(signal: NodeJS.Signals, deadlineMs: number): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Resolves with the exit code, null after a signal. */
  readonly exited: Promise<number | null>;
  readonly isRunning: boolean;
}

/**
 * Starts a program in a process group of its own, so that a Ctrl-C on the terminal reaches only who started it, and the
 * parts can be stopped in order. Its output goes to the log file.
 */
export function startChild(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { logFile: string },
): Child {
  const { logFile, ...spawnOptions } = options;
  const log = createWriteStream(logFile, { flags: 'a' });
  const child = spawn(command, args, { ...spawnOptions, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  pipeTo(child, log);
  const { pid } = child;
  if (pid === undefined) throw new Error(`Could not start ${command}.`);
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  return {
    pid,
    exited,
    get isRunning() {
      return child.exitCode === null && child.signalCode === null;
    },
    signal: (signal) => child.kill(signal),
    async stop(signal, deadlineMs) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function pipeTo(child: ChildProcess, log: WriteStream): void {
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  child.once('close', () => log.end());
}

/** A port nobody listens on, on 127.0.0.1. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}

/** Whether something can listen on the port. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
