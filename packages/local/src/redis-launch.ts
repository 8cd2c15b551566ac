import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Guardian } from './guardian.ts';
import { logSize, readLogFrom, tail } from './log-file.ts';
import { PortTakenError } from './ports.ts';
import { type BackgroundProcess, programOf, startProcess, stopProcess } from './process.ts';
import type { RedisBinary } from './redis-binary.ts';
import { waitFor } from './wait.ts';

const READY_TIMEOUT_MS = 60_000;
const PING_TIMEOUT_MS = 1_000;
const PID_FILE = 'redis.pid';
const STOP_DEADLINE_MS = 20_000;

export interface RedisLaunch {
  readonly binary: RedisBinary;
  readonly dataDir: string;
  readonly port: number;
  readonly logFile: string;
  readonly appendfsync?: 'always' | 'everysec' | 'no';
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly guardian?: Guardian;
}

/** Starts the server on an existing folder, and returns once it answers. */
export async function launchRedis(options: RedisLaunch): Promise<BackgroundProcess> {
  const { binary, dataDir, port, logFile, guardian } = options;
  await waitForPreviousServer(dataDir);
  const offset = logSize(logFile);
  const server = await startProcess({ ...binary, args: serverArguments(options), logFile, cwd: dataDir });
  guardian?.guard(server, 'TERM');
  // Redis locks neither its folder nor its log, and two servers on one log ruin it.
  writeFileSync(join(dataDir, PID_FILE), String(server.pid));
  const state = await waitFor(
    async () => (server.exit() ? 'ended' : await askReady(port, server.pid)),
    READY_TIMEOUT_MS,
  );
  if (state === 'ready') return server;
  await stopProcess(server, { deadlineMs: STOP_DEADLINE_MS });
  const log = readLogFrom(logFile, offset);
  if (log.includes('Address already in use'))
    throw new PortTakenError(`Redis cannot listen on port ${port}: it is in use.`);
  throw new Error(`Redis did not start on ${dataDir}. The end of ${logFile}:\n${tail(log)}`);
}

function serverArguments({ dataDir, port, appendfsync = 'always', settings }: RedisLaunch): string[] {
  const all = {
    bind: '127.0.0.1',
    port,
    dir: dataDir,
    save: '',
    appendonly: 'yes',
    appendfsync,
    'maxmemory-policy': 'noeviction',
    ...settings,
  };
  return Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

/**
 * Undefined while it loads its log, and when nobody answers. The answer has to come from this very process: another server
 * may hold the port, and this one is about to say so.
 */
async function askReady(port: number, pid: number): Promise<'ready' | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\nINFO server\r\n'));
    const settle = () => {
      socket.destroy();
      resolve(answer.startsWith('+PONG') && answer.includes(`process_id:${pid}\r\n`) ? 'ready' : undefined);
    };
    socket.setTimeout(PING_TIMEOUT_MS, settle);
    socket.once('error', settle);
    socket.on('data', (bytes) => {
      answer += bytes;
      if (/process_id:\d+\r\n/.test(answer)) settle();
    });
  });
}

async function waitForPreviousServer(dataDir: string): Promise<void> {
  let pid: number;
  try {
    pid = Number(readFileSync(join(dataDir, PID_FILE), 'utf8'));
  } catch {
    return;
  }
  const isRedis = () => /redis|valkey/.test(programOf(pid) ?? '');
  const gone = await waitFor(() => (isRedis() ? undefined : true), STOP_DEADLINE_MS);
  if (!gone) throw new Error(`A Redis is still running on ${dataDir}: process ${pid}. Stop it with: kill ${pid}`);
}
