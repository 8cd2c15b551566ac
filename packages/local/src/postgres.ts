import { resolve } from 'node:path';
import type { Guardian } from './guardian.ts';
import { prepareLog } from './log-file.ts';
import { onPort } from './ports.ts';
import { findPostgres } from './postgres-binary.ts';
import { connectionUrl, createCluster } from './postgres-cluster.ts';
import { markFinished, preparePostgresHome } from './postgres-home.ts';
import { launchPostgres } from './postgres-launch.ts';
import { type BackgroundProcess, type StopOutcome, sendSignal, stopProcess } from './process.ts';

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

const STOP_DEADLINE_MS = 30_000;

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
  const launch = (port: number) => launchPostgres({ ...options, home, program: binaries.postgres, logFile, port });

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
