import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Guardian } from './guardian.ts';
import { logSize, prepareLog, readLogFrom, tail } from './log-file.ts';
import { onPort, PortTakenError } from './ports.ts';
import { findPostgres } from './postgres-binary.ts';
import { connectionUrl, createCluster } from './postgres-cluster.ts';
import { markFinished, type PostgresHome, preparePostgresHome } from './postgres-home.ts';
import {
  type BackgroundProcess,
  programOf,
  type StopOutcome,
  sendSignal,
  startProcess,
  stopProcess,
} from './process.ts';
import { waitFor } from './wait.ts';

export interface PostgresOptions {
  readonly dataDir: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Lines of postgresql.conf, for example `{ fsync: 'off' }`. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Default: `<dataDir>.log`. */
  readonly logFile?: string;
  readonly guardian?: Guardian;
}

export interface PostgresServer extends AsyncDisposable {
  /** Names the empty database `tallymark` and its owner, who is superuser. */
  readonly url: string;
  readonly port: number;
  /** Of the postmaster; changes with `restart`. */
  readonly pid: number;
  readonly dataDir: string;
  readonly logFile: string;
  readonly exited: Promise<unknown>;
  /** Fast shutdown: open transactions are rolled back. Killed when it takes longer than 30 s. */
  stop(): Promise<StopOutcome>;
  /** SIGKILL to the postmaster, as if the machine had taken it. */
  crash(): Promise<void>;
  /** Starts again after `stop` or `crash`, on the same port and data. */
  restart(): Promise<void>;
}

const READY_TIMEOUT_MS = 120_000;
const STOP_DEADLINE_MS = 30_000;
/** For the processes of a killed postmaster to notice that it is gone. */
const LEFTOVER_TIMEOUT_MS = 20_000;

/**
 * Starts a Postgres on `dataDir`, makes the cluster first where there is none, and returns once it takes connections.
 * A folder must have one owner at a time: a server that is still running there is waited for, then reported.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const wanted = resolve(options.dataDir);
  const logFile = options.logFile ?? `${wanted}.log`;
  prepareLog(logFile);
  const home = preparePostgresHome(wanted);
  const binaries = findPostgres(home.runAs);
  if (!home.initialized) {
    createCluster({ binaries, ...home, sync: options.settings?.fsync !== 'off' });
    markFinished(wanted);
  }
  const launch = (port: number) => launchServer({ ...options, home, binaries: binaries.postgres, logFile, port });

  let server: BackgroundProcess;
  const port = await onPort(options.port ?? 0, async (candidate) => {
    server = await launch(candidate);
    return candidate;
  });
  const stop = () => stopProcess(server, { signal: 'SIGINT', deadlineMs: STOP_DEADLINE_MS });
  return {
    url: connectionUrl(home.dataDir, port),
    port,
    dataDir: home.dataDir,
    logFile,
    get pid() {
      return server.pid;
    },
    get exited() {
      return server.exited;
    },
    stop,
    crash: async () => {
      sendSignal(server.pid, 'SIGKILL');
      await server.exited;
    },
    restart: async () => {
      await stop();
      server = await launch(port);
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}

interface Launch extends Pick<PostgresOptions, 'settings' | 'guardian'> {
  readonly home: PostgresHome;
  readonly binaries: string;
  readonly logFile: string;
  readonly port: number;
}

async function launchServer(options: Launch): Promise<BackgroundProcess> {
  const { dataDir } = options.home;
  await waitForPreviousServer(dataDir);
  const end = performance.now() + LEFTOVER_TIMEOUT_MS;
  for (;;) {
    const offset = logSize(options.logFile);
    const server = await spawnServer(options);
    const state = await waitFor(() => (server.exit() ? 'ended' : readState(dataDir, server.pid)), READY_TIMEOUT_MS);
    if (state === 'ready') return server;
    await stopProcess(server, { signal: 'SIGQUIT', deadlineMs: 5_000 });
    const log = readLogFrom(options.logFile, offset);
    if (/could not bind|Address already in use/.test(log)) {
      throw new PortTakenError(`Postgres cannot listen on port ${options.port}: it is in use.`);
    }
    // The children of a killed postmaster hold its shared memory for another moment.
    if (log.includes('is still in use') && performance.now() < end) continue;
    throw new Error(`Postgres did not start on ${dataDir}. The end of ${options.logFile}:\n${tail(log)}`);
  }
}

async function spawnServer({ home, binaries, logFile, port, settings, guardian }: Launch): Promise<BackgroundProcess> {
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', port, ...settings };
  const server = await startProcess({
    command: binaries,
    args: ['-D', home.dataDir, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    logFile,
    cwd: '/',
    env: { ...process.env, LC_ALL: 'C' },
    runAs: home.runAs,
  });
  guardian?.guard(server, 'INT');
  return server;
}

/** The eighth line of the lock file says how far the server is; pg_ctl waits for the same word. */
function readState(dataDir: string, pid: number): 'ready' | undefined {
  const lines = readLockFile(dataDir);
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready' ? 'ready' : undefined;
}

function readLockFile(dataDir: string): string[] {
  try {
    return readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

/**
 * A killed server leaves its lock file, and Postgres believes it as soon as any process of the same user has that number.
 * So the file goes when that process is not a Postgres.
 */
async function waitForPreviousServer(dataDir: string): Promise<void> {
  const pid = Number(readLockFile(dataDir)[0]);
  if (!pid) return;
  const isPostgres = () => programOf(pid)?.includes('postgres') ?? false;
  const gone = await waitFor(() => (isPostgres() ? undefined : true), LEFTOVER_TIMEOUT_MS);
  if (!gone)
    throw new Error(`A Postgres is still running on ${dataDir}: process ${pid}. Stop it with: kill -INT ${pid}`);
  if (Number(readLockFile(dataDir)[0]) === pid) rmSync(join(dataDir, 'postmaster.pid'), { force: true });
}
