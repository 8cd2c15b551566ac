import { execFileSync } from 'node:child_process';
import { platform } from 'node:os';
import { join } from 'node:path';
import { unpackDebianPackages } from './debian-packages.ts';

export interface RedisBinary {
  readonly command: string;
  readonly env: NodeJS.ProcessEnv;
  /** As the program says it itself, for example `Redis 7.0.15`. */
  readonly version: string;
}

const OLDEST_MAJOR = 7;

const DEBIAN_PACKAGES = ['redis-server', 'redis-tools'];

/**
 * The server that is installed, else Debian's, unpacked into `cacheDir` without touching the system. Rejects with what to
 * type when there is neither.
 */
export async function findRedis(cacheDir: string): Promise<RedisBinary> {
  const problems: string[] = [];
  for (const command of ['redis-server', 'valkey-server']) {
    const found = tryBinary(command, process.env);
    if (typeof found !== 'string') return found;
    problems.push(found);
  }
  if (platform() === 'linux') {
    try {
      const { root, libraryPath } = unpackDebianPackages(cacheDir, DEBIAN_PACKAGES);
      const command = join(root, 'usr', 'bin', 'redis-server');
      const found = tryBinary(command, { ...process.env, LD_LIBRARY_PATH: libraryPath });
      if (typeof found !== 'string') return found;
      problems.push(found);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  throw new Error(
    `No Redis ${OLDEST_MAJOR} or newer.\n${problems.map((line) => `  - ${line}`).join('\n')}\n${advice()}`,
  );
}

function tryBinary(command: string, env: NodeJS.ProcessEnv): RedisBinary | string {
  let output: string;
  try {
    output = execFileSync(command, ['--version'], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? `${command} is not on the PATH` : message.trim();
  }
  const [, name, version, major] = /^(\w+) server v=((\d+)[\d.]*)/.exec(output) ?? [];
  if (Number(major) >= OLDEST_MAJOR) return { command, env, version: `${name} ${version}` };
  return `${command} is version ${version ?? output.trim()}`;
}

function advice(): string {
  const install = platform() === 'darwin' ? 'brew install redis' : 'sudo apt-get install redis-server';
  return `Install it with \`${install}\`, or run \`docker compose up -d\` and set REDIS_URL=redis://127.0.0.1:6379`;
}
