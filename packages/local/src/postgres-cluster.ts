import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tail } from './log-file.ts';
import type { PostgresBinaries } from './postgres-binary.ts';
import type { RunAs } from './process.ts';

const PASSWORD_FILE = 'tallymark.password';
const DATABASE_NAME = 'tallymark';
const SUPERUSER = 'tallymark';

export interface NewCluster {
  readonly binaries: PostgresBinaries;
  readonly dataDir: string;
  readonly runAs: RunAs | undefined;
  /** False skips waiting for the disk: for clusters that are thrown away. */
  readonly sync: boolean;
}

/**
 * Initialises a cluster with one empty database. The rules for text are built into Postgres, so that it sorts the same
 * way on every machine. It asks for a password because every user of the machine can reach a port on 127.0.0.1.
 */
export function createCluster({ binaries, dataDir, runAs, sync }: NewCluster): void {
  const password = randomBytes(18).toString('hex');
  // Beside the folder, because initdb wants that empty.
  const passwordFile = `${dataDir}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (runAs) chownSync(passwordFile, runAs.uid, runAs.gid);
  try {
    run(binaries.initdb, runAs, [
      `--pgdata=${dataDir}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      ...(sync ? [] : ['--no-sync']),
    ]);
  } finally {
    rmSync(passwordFile);
  }
  // The single-user mode of the server, as no client program comes with it.
  run(binaries.postgres, runAs, ['--single', '-D', dataDir, 'postgres'], `CREATE DATABASE ${DATABASE_NAME}\n`);
  const kept = join(dataDir, PASSWORD_FILE);
  writeFileSync(kept, password, { mode: 0o600 });
  if (runAs) chownSync(kept, runAs.uid, runAs.gid);
}

export function connectionUrl(dataDir: string, port: number): string {
  const password = readFileSync(join(dataDir, PASSWORD_FILE), 'utf8');
  return `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${DATABASE_NAME}`;
}

function run(program: string, runAs: RunAs | undefined, args: readonly string[], input = ''): void {
  const result = spawnSync(program, args, {
    ...runAs,
    cwd: '/',
    input,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (result.status === 0) return;
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}`;
  throw new Error(
    `${program} failed (${result.error?.message ?? result.signal ?? `code ${result.status}`}):\n${tail(output)}`,
  );
}
