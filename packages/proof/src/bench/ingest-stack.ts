import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { nodeOptions } from '@tallymark/local/app-processes';
import { callGuardian } from '@tallymark/local/guardian';
import { freePort } from '@tallymark/local/ports';
import { startPostgres } from '@tallymark/local/postgres';
import { type BackgroundProcess, startProcess, stopProcess } from '@tallymark/local/process';
import { projectRoot } from '@tallymark/local/project-root';
import { startRedis } from '@tallymark/local/redis';
import { findRedis } from '@tallymark/local/redis-binary';
import { temporaryFolder } from '@tallymark/local/temporary-folder';
import { waitFor } from '@tallymark/local/wait';
import { migrate } from '@tallymark/prisma/migrate';

export interface IngestStack extends AsyncDisposable {
  readonly port: number;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Of the worker once it runs. */
  readonly pids: { readonly web: number; readonly worker: number; readonly postgres: number; readonly redis: number };
  /** For a stack that was started without it. */
  startWorker(): Promise<void>;
}

export interface StackOptions {
  /** Go before those that the docs advise. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether the worker runs from the beginning; default true. */
  readonly worker?: boolean;
}

const HEALTH_MS = 60_000;
/** What the docs advise for production. */
const SETTINGS = { TRACKING_BUFFER_MAX_SIZE: '500', TRACKING_BUFFER_FLUSH_INTERVAL_MS: '5000', LOG_LEVEL: 'warn' };

/**
 * The product as it runs in production, on 127.0.0.1 and for this benchmark alone: the built Next.js server, the worker
 * process, Postgres as it comes, Redis with `appendfsync always`.
 */
export async function startIngestStack({ settings = {}, worker = true }: StackOptions = {}): Promise<IngestStack> {
  const web = join(projectRoot, 'apps/web');
  if (!existsSync(join(web, '.next/BUILD_ID'))) throw new Error('Build the web app first: pnpm build');
  const guardian = callGuardian();
  const folder = temporaryFolder(guardian);
  const postgres = await startPostgres({ dataDir: join(folder.path, 'postgres'), guardian });
  const binary = await findRedis(join(projectRoot, '.tallymark/cache/redis'));
  const redis = await startRedis({ binary, dataDir: join(folder.path, 'redis'), guardian });
  await migrate(postgres.url);

  const port = await freePort();
  const env = {
    ...process.env,
    ...SETTINGS,
    ...settings,
    NODE_ENV: 'production',
    NODE_OPTIONS: nodeOptions(process.env),
    NEXT_MANUAL_SIG_HANDLE: 'true',
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    TRACKING_HASH_SALT: randomBytes(16).toString('hex'),
    BETTER_AUTH_SECRET: randomBytes(32).toString('hex'),
    BETTER_AUTH_URL: `http://127.0.0.1:${port}`,
  };
  const start = (name: string, cwd: string, args: readonly string[]) => {
    const logFile = join(folder.path, `${name}.log`);
    return startProcess({ command: process.execPath, args: [...args], logFile, cwd, env });
  };
  const pids = { web: 0, worker: 0, postgres: postgres.pid, redis: redis.pid };
  const parts: BackgroundProcess[] = [];
  const startWorker = async () => {
    const started = await start('worker', join(projectRoot, 'jobs'), ['--import', 'tsx', 'main.ts']);
    guardian.guard(started, 'TERM');
    parts.push(started);
    pids.worker = started.pid;
  };
  if (worker) await startWorker();
  const next = createRequire(join(web, 'package.json')).resolve('next/dist/bin/next');
  const server = await start('web', web, [next, 'start', '--port', String(port)]);
  guardian.guard(server, 'TERM');
  parts.unshift(server);
  pids.web = server.pid;
  const healthy = await waitFor(async () => (await answers(port)) || undefined, HEALTH_MS);
  if (!healthy) throw new Error(`The web server does not answer on port ${port}.`);
  return {
    port,
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    pids,
    startWorker,
    [Symbol.asyncDispose]: async () => {
      for (const part of parts) await stopProcess(part, { deadlineMs: 20_000 });
      await redis.stop();
      await postgres.stop();
      guardian.dismiss();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/api/health/live`).then(
    ({ ok }) => ok,
    () => false,
  );
}
