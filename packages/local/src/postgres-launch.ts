import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Guardian } from './guardian.ts';
import { logSize, readLogFrom, tail } from './log-file.ts';
import { PortTakenError } from './ports.ts';
import type { PostgresHome } from './postgres-home.ts';
import { type BackgroundProcess, programOf, startProcess, stopProcess } from './process.ts';
import { waitFor } from './wait.ts';

const READY_TIMEOUT_MS = 120_000;
/** For the processes of a killed postmaster to notice that it is gone. */
const LEFTOVER_TIMEOUT_MS = 20_000;

export interface PostgresLaunch {
  readonly home: PostgresHome;
  readonly program: string;
  readonly logFile: string;
  readonly port: number;
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly guardian?: Guardian;
}

/** Starts the server of an existing cluster, and returns once it takes connections. */
export async function launchPostgres(options: PostgresLaunch): Promise<BackgroundProcess> {
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

async function spawnServer({
  home,
  program,
  logFile,
  port,
  settings,
  guardian,
}: PostgresLaunch): Promise<BackgroundProcess> {
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', port, ...settings };
  const server = await startProcess({
    command: program,
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
