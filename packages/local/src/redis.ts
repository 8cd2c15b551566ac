import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Guardian } from './guardian.ts';
import { prepareLog } from './log-file.ts';
import { onPort } from './ports.ts';
import { type BackgroundProcess, type StopOutcome, sendSignal, stopProcess } from './process.ts';
import type { RedisBinary } from './redis-binary.ts';
import { launchRedis } from './redis-launch.ts';

export interface RedisServerOptions {
  readonly binary: RedisBinary;
  readonly dataDir: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Default `always`: what was acknowledged survives a kill. */
  readonly appendfsync?: 'always' | 'everysec' | 'no';
  /** Further lines of redis.conf, for example `{ maxmemory: '64mb' }`. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Default: `<dataDir>.log`. */
  readonly logFile?: string;
  readonly guardian?: Guardian;
}

export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Changes with `restart`. */
  readonly pid: number;
  readonly logFile: string;
  readonly exited: Promise<unknown>;
  /** Killed when it takes longer than 20 s. */
  stop(): Promise<StopOutcome>;
  /** SIGKILL. */
  crash(): Promise<void>;
  /** Starts again after `stop` or `crash`, on the same port and data. */
  restart(): Promise<void>;
  /** SIGSTOP: connections stay open, and nothing answers. */
  freeze(): void;
  resume(): void;
}

const STOP_DEADLINE_MS = 20_000;

/** Starts a Redis that keeps what it acknowledges and never evicts, and returns once it answers. */
export async function startRedis(options: RedisServerOptions): Promise<RedisServer> {
  const dataDir = resolve(options.dataDir);
  const logFile = options.logFile ?? `${dataDir}.log`;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  prepareLog(logFile);
  const launch = (port: number) => launchRedis({ ...options, dataDir, logFile, port });

  let server: BackgroundProcess;
  const port = await onPort(options.port ?? 0, async (candidate) => {
    server = await launch(candidate);
    return candidate;
  });
  const stop = async () => {
    // A frozen process would sleep through the signal.
    if (!server.exit()) sendSignal(server.pid, 'SIGCONT');
    return stopProcess(server, { deadlineMs: STOP_DEADLINE_MS });
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
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
    freeze: () => void sendSignal(server.pid, 'SIGSTOP'),
    resume: () => void sendSignal(server.pid, 'SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}
