import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { makeSharedHome, SHARED_HOME } from './postgres-binary.ts';
import type { RunAs } from './process.ts';

export interface PostgresHome {
  /** Where the data really lies. */
  readonly dataDir: string;
  /** Undefined: as whoever runs this. */
  readonly runAs: RunAs | undefined;
  /** Whether a cluster is there already. */
  readonly initialized: boolean;
}

/**
 * Decides where the cluster lies and who runs it. Postgres refuses to run as root, so root hands it to the user who owns
 * the data already, else to `postgres`, else to `nobody`, and no user has to be made. Where that user cannot reach the
 * wanted folder, the data lies under /var/lib/tallymark and a link in the wanted place says so.
 */
export function preparePostgresHome(wanted: string): PostgresHome {
  if (existsSync(unfinishedMark(wanted))) clearUnfinished(wanted);
  if (existsSync(join(wanted, 'PG_VERSION'))) {
    const dataDir = realpathSync(wanted);
    return { dataDir, runAs: runAsOwner(dataDir, statSync(dataDir)), initialized: true };
  }
  mkdirSync(dirname(wanted), { recursive: true });
  writeFileSync(unfinishedMark(wanted), '');
  return { ...makeHome(wanted), initialized: false };
}

/** Stands beside a data folder until its cluster is whole, so that an interrupted initialisation is begun anew. */
const unfinishedMark = (wanted: string) => `${wanted}.unfinished`;

export function markFinished(wanted: string): void {
  rmSync(unfinishedMark(wanted), { force: true });
}

function clearUnfinished(wanted: string): void {
  if (existsSync(wanted)) rmSync(realpathSync(wanted), { recursive: true, force: true });
  rmSync(wanted, { recursive: true, force: true });
}

function runAsOwner(dataDir: string, owner: RunAs): RunAs | undefined {
  const me = process.getuid?.();
  if (me === owner.uid) return undefined;
  if (me === 0) return { uid: owner.uid, gid: owner.gid };
  throw new Error(
    `The database in ${dataDir} belongs to user ${owner.uid}, and you are user ${me}. Run as that user, or delete the folder to start with an empty database.`,
  );
}

function makeHome(wanted: string): { dataDir: string; runAs: RunAs | undefined } {
  const runAs = process.getuid?.() === 0 ? databaseUser() : undefined;
  // A link without a cluster behind it is of no more use than an empty folder.
  if (lstatSync(wanted, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(wanted);
  mkdirSync(wanted, { recursive: true });
  if (!runAs) return { dataDir: realpathSync(wanted), runAs };
  giveTo(wanted, runAs);
  if (canEnter(wanted, runAs)) return { dataDir: realpathSync(wanted), runAs };

  rmSync(wanted, { recursive: true });
  // Named after the wanted place: deleting the link and starting again replaces the data instead of piling it up.
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  const elsewhere = join(SHARED_HOME, `data-${name}`);
  rmSync(elsewhere, { recursive: true, force: true });
  makeSharedHome();
  mkdirSync(elsewhere);
  giveTo(elsewhere, runAs);
  symlinkSync(elsewhere, wanted);
  return { dataDir: elsewhere, runAs };
}

/** Postgres refuses a data folder that others can read. */
function giveTo(folder: string, { uid, gid }: RunAs): void {
  chownSync(folder, uid, gid);
  chmodSync(folder, 0o700);
}

function canEnter(folder: string, runAs: RunAs): boolean {
  return spawnSync('test', ['-w', folder], { ...runAs, cwd: '/' }).status === 0;
}

function databaseUser(): RunAs {
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) =>
        Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // No such user here; the next one then.
    }
  }
  throw new Error('Postgres does not run as root, and there is no user `postgres` or `nobody`. Run as another user.');
}
