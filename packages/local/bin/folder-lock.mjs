import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import { dirname } from 'node:path';

/**
 * @typedef {object} FolderLock
 * @property {(details: Record<string, unknown>) => void} describe Adds what others may want to know, such as addresses.
 * @property {() => void} release
 */

/**
 * One `npm start` per folder: they would share data and build output. The lock of a process that was killed is taken over.
 * Throws when the other one is running.
 * @param {string} file
 * @returns {FolderLock}
 */
export function lockFolder(file) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = { pid: process.pid, began: beginningOf(process.pid) };
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify(mine), { flag: 'wx', mode: 0o600 });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    const other = readLock(file);
    if (other) {
      throw new Error(
        `Tallymark is already running in this folder (process ${other.pid}). Stop that one first, with Ctrl-C there or \`kill ${other.pid}\`.`,
      );
    }
    rmSync(file, { force: true });
  }
  return {
    describe: (details) => writeFileSync(file, JSON.stringify({ ...mine, ...details }), { mode: 0o600 }),
    release: () => rmSync(file, { force: true }),
  };
}

/**
 * What the process that holds the lock told of itself; undefined when none does.
 * @param {string} file
 * @returns {{ pid: number, began: string, databaseUrl?: string, redisUrl?: string } | undefined}
 */
export function readLock(file) {
  try {
    const lock = JSON.parse(readFileSync(file, 'utf8'));
    return lock.began !== undefined && lock.began === beginningOf(lock.pid) ? lock : undefined;
  } catch {
    return undefined;
  }
}

/**
 * When the process with this number began, undefined when there is none. Numbers are used again; a beginning is not.
 * @param {number} pid
 * @returns {string | undefined}
 */
function beginningOf(pid) {
  try {
    if (platform() !== 'linux')
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The 22nd field in ticks since boot, counted after the program's name, which may contain anything.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${ticks}`;
  } catch {
    return undefined;
  }
}
