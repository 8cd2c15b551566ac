import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { syncFolder } from './archive-file.ts';
import { RetentionError } from './errors.ts';

const archivedTable = z.object({
  file: z.string().regex(/^[\w.-]+$/),
  /** Of the lines in the file, in order. */
  columns: z.array(z.string()).min(1),
  rows: z.int(),
  bytes: z.int(),
  /** Of the file. */
  sha256: z.string(),
  /** Of the rows in it. */
  contentSha256: z.string(),
});
export type ArchivedTable = z.infer<typeof archivedTable>;

/**
 * One taking away of the month. A month that was restored, or that history was imported into, can be taken away again:
 * that adds a part and leaves the older ones as they are.
 */
const archivePart = z.object({
  /** Stands in the names of its files. */
  number: z.int().min(1),
  archivedAt: z.iso.datetime(),
  /** The latest migration of the database that the rows come from. */
  migration: z.string().nullable(),
  /** What the partitions took in the database, with indexes. */
  tableBytes: z.int(),
  events: archivedTable,
  attribution: archivedTable,
});
export type ArchivePart = z.infer<typeof archivePart>;

const manifest = z.object({ format: z.literal(1), month: z.string(), parts: z.array(archivePart).min(1) });
export type Manifest = z.infer<typeof manifest>;

const NAME = 'manifest.json';

/** Null where there is none. @throws RetentionError `damaged_archive` for one that cannot be understood. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  const path = join(folder, NAME);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return manifest.parse(JSON.parse(text));
  } catch (cause) {
    throw new RetentionError('damaged_archive', `${path} is not a manifest that this version understands.`, { cause });
  }
}

/** Whole or not at all, and on the disk when it returns. */
export async function writeManifest(folder: string, content: Manifest): Promise<void> {
  const path = join(folder, NAME);
  const file = await open(`${path}.partial`, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.partial`, path);
  await syncFolder(folder);
}

export function totalsOf({ parts }: Manifest) {
  const sum = (value: (part: ArchivePart) => number) => parts.reduce((total, part) => total + value(part), 0);
  return {
    events: sum(({ events }) => events.rows),
    tableBytes: sum(({ tableBytes }) => tableBytes),
    archiveBytes: sum(({ events, attribution }) => events.bytes + attribution.bytes),
  };
}
