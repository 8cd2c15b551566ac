import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventArchiveRow } from '@tallymark/prisma/stores/archives';
import { parseMonth } from '@tallymark/prisma/stores/partitions';
import { RetentionError } from './errors.ts';
import { type Manifest, readManifest } from './manifest.ts';

export interface LocatedArchive {
  readonly path: string;
  readonly manifest: Manifest;
}

/**
 * The archive of a month: in `dir` where one is given, else where the database says it was written.
 * @throws RetentionError `unknown_archive` or `damaged_archive`
 */
export async function locateArchive(
  label: string,
  dir: string | null,
  recorded: readonly EventArchiveRow[],
): Promise<LocatedArchive> {
  const row = recorded.find(({ month }) => month === label);
  const path = dir === null ? row?.path : join(dir, label);
  if (path === undefined) {
    const known = recorded.map(({ month }) => month).join(', ') || 'none';
    throw new RetentionError(
      'unknown_archive',
      `The database knows of no archive of ${label}; it knows of: ${known}. Name the folder with --dir or TRACKING_ARCHIVE_DIR.`,
    );
  }
  const manifest = await readManifest(path);
  if (manifest === null) throw new RetentionError('unknown_archive', await whatIsMissing(label, path, dir));
  if (manifest.month !== label) {
    throw new RetentionError('damaged_archive', `The manifest in ${path} is that of ${manifest.month}.`);
  }
  return { path, manifest };
}

async function whatIsMissing(label: string, path: string, dir: string | null): Promise<string> {
  if (dir === null) return `There is no archive in ${path} any more; name the folder it was moved to with --dir.`;
  const months = await monthsIn(dir);
  if (months === null) return `There is no folder ${dir}.`;
  return `There is no archive of ${label} in ${dir}; it holds: ${months.join(', ') || 'none'}.`;
}

/** The months with a folder in `dir`, null where there is no such folder. */
async function monthsIn(dir: string): Promise<string[] | null> {
  try {
    return (await readdir(dir)).filter((name) => parseMonth(name) !== null).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
