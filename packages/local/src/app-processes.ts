import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Guardian } from './guardian.ts';
import { prepareLog, tailOf } from './log-file.ts';
import { type BackgroundProcess, startProcess, stopProcess } from './process.ts';
import type { Running } from './running.ts';
import { waitFor } from './wait.ts';

export interface AppContext {
  readonly root: string;
  readonly logs: string;
  readonly env: NodeJS.ProcessEnv;
  readonly guardian: Guardian;
  readonly running: Running;
  readonly signal: AbortSignal;
}

const STOP_DEADLINE_MS = 20_000;
const HEALTH_TIMEOUT_MS = 60_000;
const HEALTH_REQUEST_TIMEOUT_MS = 2_000;

/**
 * Events live for milliseconds. With the 16 MiB that V8 gives young objects by default, many are still there at the next
 * scavenge and are copied; 64 MiB halves the time spent on garbage.
 */
export const nodeOptions = (env: NodeJS.ProcessEnv) => `--max-semi-space-size=64 ${env.NODE_OPTIONS ?? ''}`.trim();

/** Arguments of Node.js that run a TypeScript file. */
export const typescript = (file: string) => ['--import', 'tsx', file];

export async function startWorker(context: AppContext): Promise<void> {
  await startPart(context, { name: 'Worker', log: 'jobs.log', folder: 'jobs', args: typescript('main.ts') });
}

/** Returns once the server answers `/api/health/live` with 200. */
export async function startWeb(context: AppContext, port: number): Promise<void> {
  const folder = join('apps', 'web');
  // Without the package manager in between: it would not pass every signal on.
  const next = createRequire(join(context.root, folder, 'package.json')).resolve('next/dist/bin/next');
  const args = [next, 'start', '--port', String(port)];
  const { server, logFile } = await startPart(context, { name: 'Web', log: 'web.log', folder, args });
  const url = `http://127.0.0.1:${port}/api/health/live`;
  const ended = () => server.exit() !== undefined || context.signal.aborted;
  const state = await waitFor(async () => (ended() ? 'ended' : await answers(url)), HEALTH_TIMEOUT_MS);
  context.signal.throwIfAborted();
  if (state !== 'ok') {
    throw new Error(`The web server did not answer ${url}. The end of ${logFile}:\n${tailOf(logFile)}`);
  }
}

interface AppPart {
  readonly name: string;
  readonly log: string;
  readonly folder: string;
  readonly args: readonly string[];
}

async function startPart(
  { root, logs, env, guardian, running }: AppContext,
  { name, log, folder, args }: AppPart,
): Promise<{ server: BackgroundProcess; logFile: string }> {
  const logFile = join(logs, log);
  prepareLog(logFile);
  const server = await startProcess({
    command: process.execPath,
    args,
    logFile,
    cwd: join(root, folder),
    env: { ...env, NODE_OPTIONS: nodeOptions(env) },
  });
  guardian.guard(server, 'TERM');
  running.add(name, { ...server, logFile, stop: () => stopProcess(server, { deadlineMs: STOP_DEADLINE_MS }) });
  return { server, logFile };
}

async function answers(url: string): Promise<'ok' | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(HEALTH_REQUEST_TIMEOUT_MS) });
    await response.body?.cancel();
    return response.status === 200 ? 'ok' : undefined;
  } catch {
    return undefined;
  }
}
