import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FolderLock } from '../bin/folder-lock.mjs';
import { messageOf, step as show } from '../bin/progress.mjs';
import { run } from '../bin/run.mjs';
import { type AppContext, startWeb, startWorker, typescript } from './app-processes.ts';
import { callGuardian } from './guardian.ts';
import { watchRunning } from './running.ts';
import { readSecrets } from './secrets.ts';
import { bringUpPostgres, bringUpRedis } from './stores.ts';

export interface StartOptions {
  readonly root: string;
  readonly port: number;
  /** For the tools: finds pnpm, keeps them from calling home. */
  readonly env: NodeJS.ProcessEnv;
  readonly lock: FolderLock;
  /** Aborts when the user wants to stop. */
  readonly signal: AbortSignal;
}

const INTERRUPTED = 130;

/**
 * Brings everything up, and down again in order when the user stops it or a part ends by itself. Resolves with the exit
 * code: 0 only when the user stopped a complete system.
 */
export async function start(options: StartOptions): Promise<number> {
  const guardian = callGuardian();
  const running = watchRunning();
  const signal = AbortSignal.any([options.signal, running.failed]);
  let code = 0;
  try {
    const login = await bringUp({ ...options, signal }, { guardian, running });
    printWelcome(options, login);
    await aborted(signal);
    if (running.failed.aborted) throw running.failed.reason;
  } catch (error) {
    console.log(`\n${messageOf(running.failed.reason ?? error)}`);
    code = options.signal.aborted ? INTERRUPTED : 1;
  }
  console.log('\nStopping');
  await running.stopAll(console.log);
  guardian.dismiss();
  return code;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

type Hands = Pick<AppContext, 'guardian' | 'running'>;

interface Login {
  readonly email: string;
  readonly password: string;
}

async function bringUp({ root, port, env: toolEnv, lock, signal }: StartOptions, hands: Hands): Promise<Login> {
  const home = join(root, '.tallymark');
  const logs = join(home, 'logs');
  mkdirSync(logs, { recursive: true });
  const step: typeof show = (title, work) => {
    signal.throwIfAborted();
    return show(title, work);
  };
  const tool = (log: string) => ({ cwd: root, env: toolEnv, signal, logFile: join(logs, log) });
  const turbo = join(root, 'node_modules', '.bin', 'turbo');

  await step('Generate the Prisma client', () =>
    run(turbo, ['run', 'generate', '--env-mode=loose'], tool('build.log')),
  );
  const stores = { home, logs, env: process.env, ...hands };
  const databaseUrl = await step('Postgres', (note) => bringUpPostgres({ ...stores, note }));
  const redisUrl = await step('Redis', (note) => bringUpRedis({ ...stores, note }));
  lock.describe({ port, databaseUrl, redisUrl });

  const env: NodeJS.ProcessEnv = {
    ...toolEnv,
    BETTER_AUTH_URL: `http://localhost:${port}`,
    ...readSecrets(join(home, 'secrets.json'), process.env),
    ...definedIn(process.env, 'BETTER_AUTH_URL'),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    PORT: String(port),
    NODE_ENV: 'production',
    // The app closes its own connections and leaves when that is done.
    NEXT_MANUAL_SIG_HANDLE: 'true',
  };
  const app = { root, logs, env, signal, ...hands };
  await step('Migrate the database', async (note) => {
    const options = { ...tool('migrate.log'), cwd: join(root, 'prisma'), env };
    const output = await run(process.execPath, typescript('migrate.ts'), options);
    note(output.trim().split('\n').join(', '));
  });
  const build = ['run', 'build', '--filter=@tallymark/web', '--env-mode=loose'];
  await step('Build the web app', () => run(turbo, build, tool('build.log')));
  await step('Worker', () => startWorker(app));
  await step('Web', () => startWeb(app, port));
  return step('Demo data', async () => {
    const options = { ...tool('demo-data.log'), cwd: join(root, 'apps', 'web'), env };
    return readLogin(await run(process.execPath, typescript('scripts/demo-data.ts'), options));
  });
}

function definedIn(env: NodeJS.ProcessEnv, name: string): NodeJS.ProcessEnv {
  return env[name] ? { [name]: env[name] } : {};
}

function readLogin(output: string): Login {
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Login;
}

function printWelcome({ root, port }: StartOptions, { email, password }: Login): void {
  console.log(`
  Tallymark runs at  http://localhost:${port}
  Dashboard          http://localhost:${port}/admin
  Log in as          ${email}
  Password           ${password}
  Logs               ${join(root, '.tallymark', 'logs')}

  Ctrl-C stops it.
`);
}
