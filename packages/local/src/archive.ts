import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { lockFolder, readLock } from '../bin/folder-lock.mjs';
import { step } from '../bin/progress.mjs';
import { run } from '../bin/run.mjs';
import { typescript } from './app-processes.ts';
import { callGuardian } from './guardian.ts';
import { watchRunning } from './running.ts';
import { bringUpPostgres } from './stores.ts';

export interface ArchiveOptions {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** What a relative DIR is relative to. */
  readonly cwd: string;
  readonly args: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Runs the archive command against DATABASE_URL, the Postgres of a running `npm start`, or the same one, brought up for
 * it. Resolves with its exit code.
 */
export async function archive(options: ArchiveOptions): Promise<number> {
  const { root } = options;
  const lockFile = join(root, '.tallymark', 'running.json');
  const databaseUrl = process.env.DATABASE_URL || readLock(lockFile)?.databaseUrl;
  if (databaseUrl) {
    await generateClient(options);
    return runCommand(options, databaseUrl);
  }
  const lock = lockFolder(lockFile);
  const guardian = callGuardian();
  const running = watchRunning();
  try {
    await generateClient(options);
    const home = join(root, '.tallymark');
    const stores = { home, logs: logsOf(root), env: process.env, guardian, running };
    const url = await step('Postgres', (note) => bringUpPostgres({ ...stores, note }));
    await migrate(options, url);
    return await runCommand(options, url);
  } finally {
    await running.stopAll(() => {});
    guardian.dismiss();
    lock.release();
  }
}

function logsOf(root: string): string {
  const logs = join(root, '.tallymark', 'logs');
  mkdirSync(logs, { recursive: true });
  return logs;
}

const toolOf = ({ root, env, signal }: ArchiveOptions) => ({
  cwd: root,
  env,
  signal,
  logFile: join(logsOf(root), 'archive.log'),
});

async function generateClient(options: ArchiveOptions): Promise<void> {
  const turbo = join(options.root, 'node_modules', '.bin', 'turbo');
  await step('Generate the Prisma client', () => run(turbo, ['run', 'generate', '--env-mode=loose'], toolOf(options)));
}

/** Only a database of our own: when to migrate another one is not for this command to decide. */
async function migrate(options: ArchiveOptions, databaseUrl: string): Promise<void> {
  const env = { ...options.env, DATABASE_URL: databaseUrl };
  await step('Migrate the database', () =>
    run(process.execPath, typescript('migrate.ts'), { ...toolOf(options), cwd: join(options.root, 'prisma'), env }),
  );
}

/** In the folder of the worker process, in the foreground of the terminal. */
async function runCommand({ root, env, cwd, args, signal }: ArchiveOptions, databaseUrl: string): Promise<number> {
  const child = spawn(process.execPath, [...typescript('archive/main.ts'), ...args], {
    cwd: join(root, 'jobs'),
    stdio: ['ignore', 'inherit', 'inherit'],
    // In a group of its own: a Ctrl-C reaches it once, through us.
    detached: true,
    env: { ...env, DATABASE_URL: databaseUrl, INIT_CWD: cwd },
  });
  const stop = () => child.kill('SIGTERM');
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
