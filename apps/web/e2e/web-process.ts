import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const APP = fileURLToPath(new URL('..', import.meta.url));
const NEXT = fileURLToPath(import.meta.resolve('next/dist/bin/next'));
const READY_MS = 30_000;

interface WebOptions {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly redisPrefix: string;
  /** Further settings. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface WebProcess {
  readonly baseUrl: string;
  /** Sends SIGTERM and resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** `next start` of the built app on a free port, against the given stores. This process does not flush by itself. */
export async function startWeb({ databaseUrl, redisUrl, redisPrefix, env }: WebOptions): Promise<WebProcess> {
  if (!existsSync(`${APP}/.next/BUILD_ID`)) throw new Error('The web app is not built. Run `pnpm build` first.');
  const port = await freePort();
  const baseUrl = `http://localhost:${port}`;
  const child = spawn(process.execPath, [NEXT, 'start', '-p', String(port)], {
    cwd: APP,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      NEXT_MANUAL_SIG_HANDLE: 'true',
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      REDIS_PREFIX: redisPrefix,
      TRACKING_FLUSH_IN_WEB: 'false',
      TRACKING_HASH_SALT: 'only-for-this-test',
      BETTER_AUTH_SECRET: 'only-for-this-test-only-for-this-test',
      BETTER_AUTH_URL: baseUrl,
      ...env,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const exited = once(child, 'exit').then(([code]) => code as number | null);

  const deadline = Date.now() + READY_MS;
  while (!(await answers(`${baseUrl}/api/health/live`))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`next start is not ready:\n${output}`);
    }
    await pause(100);
  }
  return {
    baseUrl,
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => null);
  return response?.ok ?? false;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}
