import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tail } from './log-file.ts';

// The server and what it links against beyond a minimal Debian or Ubuntu.
const PACKAGES = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblua5.1-0', 'liblzf1', 'lua-bitop', 'lua-cjson'];

export interface UnpackedRedis {
  readonly command: string;
  readonly libraryPath: string;
}

/**
 * Downloads Debian's packages as any user and unpacks them into `cacheDir`; nothing is installed. Throws where there is no
 * apt, or when it cannot get them.
 */
export function unpackDebianRedis(cacheDir: string): UnpackedRedis {
  const ready = join(cacheDir, 'root');
  if (!existsSync(ready)) {
    mkdirSync(cacheDir, { recursive: true });
    const work = mkdtempSync(join(cacheDir, 'unpacking-'));
    try {
      download(work);
      unpack(work, join(work, 'root'));
      moveIntoPlace(join(work, 'root'), ready);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  const libraries = join(ready, 'usr', 'lib');
  const folders = readdirSync(libraries).filter((name) => name.includes('-linux-'));
  return {
    command: join(ready, 'usr', 'bin', 'redis-server'),
    libraryPath: folders.map((name) => join(libraries, name)).join(':'),
  };
}

function moveIntoPlace(unpacked: string, ready: string): void {
  try {
    renameSync(unpacked, ready);
  } catch (error) {
    // Another process was faster; both unpacked the same.
    if (!existsSync(ready)) throw error;
  }
}

/** With the package lists of the system when they are there and fit, else with lists of our own. */
function download(work: string): void {
  const archives = join(work, 'cache', 'archives', 'partial');
  mkdirSync(archives, { recursive: true });
  const own = ['-o', `Dir::Cache=${join(work, 'cache')}`, '-o', 'APT::Sandbox::User=root'];
  const get = (options: string[]) => spawn('apt-get', [...options, 'download', ...PACKAGES], work);
  if (get(own).ok) return;

  const lists = join(work, 'lists');
  mkdirSync(join(lists, 'partial'), { recursive: true });
  const withLists = [...own, '-o', `Dir::State::Lists=${lists}`, '-o', 'Acquire::Languages=none'];
  // One unreachable source among several fails the update; what counts is whether the packages can be had afterwards.
  const update = spawn('apt-get', [...withLists, 'update'], work);
  const second = get(withLists);
  if (!second.ok) throw new Error(`apt-get could not download the packages:\n${tail(update.output + second.output)}`);
}

function unpack(work: string, target: string): void {
  mkdirSync(target);
  for (const file of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
    const { ok, output } = spawn('dpkg', ['-x', join(work, file), target], work);
    if (!ok) throw new Error(`dpkg could not unpack ${file}:\n${tail(output)}`);
  }
}

function spawn(command: string, args: string[], cwd: string): { ok: boolean; output: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (error) return { ok: false, output: `${command}: ${error.message}\n` };
  return { ok: status === 0, output: stdout + stderr };
}
