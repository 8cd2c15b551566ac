import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tail } from './log-file.ts';

export interface UnpackedPackages {
  /** Stands for `/`: holds `usr/bin`, `usr/lib` and so on. */
  readonly root: string;
  /** For LD_LIBRARY_PATH. */
  readonly libraryPath: string;
}

/**
 * Downloads Debian's packages and what they need beyond this system, as any user, and unpacks them into `cacheDir` once;
 * nothing is installed. Throws where there is no apt, or when it cannot get them.
 */
export function unpackDebianPackages(
  cacheDir: string,
  packages: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): UnpackedPackages {
  const root = join(cacheDir, 'root');
  if (!existsSync(root)) {
    mkdirSync(cacheDir, { recursive: true });
    const work = mkdtempSync(join(cacheDir, 'unpacking-'));
    try {
      const shell: Shell = (command, args) => spawn(command, args, { cwd: work, env });
      download(shell, work, packages);
      unpack(shell, work, join(work, 'root'));
      moveIntoPlace(join(work, 'root'), root);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return { root, libraryPath: libraryFolders(root).join(':') };
}

interface Ended {
  readonly ok: boolean;
  readonly output: string;
}

type Shell = (command: string, args: readonly string[]) => Ended;

/** With the package lists of the system when they are there and fit, else with lists of our own. */
function download(shell: Shell, work: string, packages: readonly string[]): void {
  mkdirSync(join(work, 'cache', 'archives', 'partial'), { recursive: true });
  // Apt's own user may not enter this folder.
  const own = ['-o', `Dir::Cache=${join(work, 'cache')}`, '-o', 'APT::Sandbox::User=root'];
  if (downloadWith(shell, own, packages).ok) return;

  // Of two versions of one package, only the one that fits the new lists may be unpacked.
  for (const file of archivesIn(work)) rmSync(file);
  const lists = join(work, 'lists');
  mkdirSync(join(lists, 'partial'), { recursive: true });
  const withLists = [...own, '-o', `Dir::State::Lists=${lists}`, '-o', 'Acquire::Languages=none'];
  // One unreachable source among several fails the update; what counts is whether the packages can be had afterwards.
  const update = shell('apt-get', [...withLists, 'update']);
  const second = downloadWith(shell, withLists, packages);
  if (!second.ok) throw new Error(`apt-get could not download the packages:\n${tail(update.output + second.output)}`);
}

function downloadWith(shell: Shell, options: readonly string[], packages: readonly string[]): Ended {
  const plan = shell('apt-get', [...options, '--simulate', '--no-install-recommends', 'install', ...packages]);
  if (!plan.ok) return plan;
  const missing = [...plan.output.matchAll(/^Inst (\S+)/gm)].map(([, name = '']) => name);
  // A package that counts as installed is not in the plan, but was not found where it should be.
  return shell('apt-get', [...options, 'download', ...new Set([...packages, ...missing])]);
}

function unpack(shell: Shell, work: string, target: string): void {
  mkdirSync(target);
  for (const file of archivesIn(work)) {
    const { ok, output } = shell('dpkg', ['-x', file, target]);
    if (!ok) throw new Error(`dpkg could not unpack ${file}:\n${tail(output)}`);
  }
}

function archivesIn(work: string): string[] {
  return readdirSync(work)
    .filter((name) => name.endsWith('.deb'))
    .map((name) => join(work, name));
}

function moveIntoPlace(unpacked: string, root: string): void {
  try {
    renameSync(unpacked, root);
  } catch (error) {
    // Another process was faster; both unpacked the same.
    if (!existsSync(root)) throw error;
  }
}

/** Those of the platform, and their folders of private libraries, which are looked for at absolute paths otherwise. */
function libraryFolders(root: string): string[] {
  return ['lib', join('usr', 'lib')]
    .flatMap((name) => foldersIn(join(root, name)))
    .filter((folder) => folder.includes('-linux-'))
    .flatMap((folder) => [folder, ...foldersIn(folder)])
    .filter((folder) => readdirSync(folder).some((name) => /^lib.*\.so/.test(name)));
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}

function spawn(command: string, args: readonly string[], at: { cwd: string; env: NodeJS.ProcessEnv }): Ended {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: at.cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...at.env, LC_ALL: 'C' },
  });
  if (error) return { ok: false, output: `${command}: ${error.message}\n` };
  return { ok: status === 0, output: stdout + stderr };
}
