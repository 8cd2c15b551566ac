import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { lockFolder, readLock } from '../bin/folder-lock.mjs';
import { step } from '../bin/progress.mjs';
import { run } from '../bin/run.mjs';
import { typescript } from './app-processes.ts';
import { callGuardian } from './guardian.ts';
import { watchRunning } from './running.ts';
import { readSecrets } from './secrets.ts';
import { bringUpPostgres, bringUpRedis } from './stores.ts';

export interface ReplayOptions {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** What a relative FILE is relative to. */
  readonly cwd: string;
  readonly args: readonly string[];
  readonly signal: AbortSignal;
}

interface Addresses {
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

/**
 * Runs the replay against the stores of a running `npm start`, or against the same stores, brought up for it. Resolves
 * with its exit code.
 */
export async function replay(options: ReplayOptions): Promise<number> {
  const lockFile = join(options.root, '.tallymark', 'running.json');
  const { databaseUrl, redisUrl } = readLock(lockFile) ?? {};
  if (databaseUrl && redisUrl) return runReplay(options, { databaseUrl, redisUrl });
  const lock = lockFolder(lockFile);
  const guardian = callGuardian();
  const running = watchRunning();
  try {
    return await runReplay(options, await bringUpStores(options, { guardian, running }));
  } finally {
    await running.stopAll(() => {});
    guardian.dismiss();
    lock.release();
  }
}

type Hands = Pick<Parameters<typeof bringUpPostgres>[0], 'guardian' | 'running'>;

async function bringUpStores({ root, env, signal }: ReplayOptions, hands: Hands): Promise<Addresses> {
  const home = join(root, '.tallymark');
  const logs = join(home, 'logs');
  mkdirSync(logs, { recursive: true });
  const tool = { cwd: root, env, signal, logFile: join(logs, 'replay.log') };
  await step('Generate the Prisma client', () =>
    run(join(root, 'node_modules', '.bin', 'turbo'), ['run', 'generate', '--env-mode=loose'], tool),
  );
  const stores = { home, logs, env: process.env, ...hands };
  const databaseUrl = await step('Postgres', (note) => bringUpPostgres({ ...stores, note }));
  const redisUrl = await step('Redis', (note) => bringUpRedis({ ...stores, note }));
  await step('Migrate the database', () =>
    run(process.execPath, typescript('migrate.ts'), {
      ...tool,
      cwd: join(root, 'prisma'),
      env: { ...env, DATABASE_URL: databaseUrl },
    }),
  );
  return { databaseUrl, redisUrl };
}

/** In the foreground of the terminal: it draws a progress bar there, and ends by itself when the signal reaches it. */
async function runReplay({ root, env, cwd, args, signal }: ReplayOptions, stores: Addresses): Promise<number> {
  const child = spawn(process.execPath, [...typescript('replay/main.ts'), ...args], {
    cwd: join(root, 'jobs'),
    stdio: ['ignore', 'inherit', 'inherit'],
    // In a group of its own: a Ctrl-C reaches it once, through us.
    detached: true,
    env: {
      ...env,
      ...readSecrets(join(root, '.tallymark', 'secrets.json'), process.env),
      DATABASE_URL: stores.databaseUrl,
      REDIS_URL: stores.redisUrl,
      INIT_CWD: cwd,
    },
  });
  const stop = () => child.kill('SIGTERM');
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
