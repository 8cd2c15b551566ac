import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { columnsOf, copyPartition, inSnapshot } from '@tallymark/prisma/stores/retention-copy';
import { openRetentionSession, type RetentionSession } from '@tallymark/prisma/stores/retention-session';
import { makeFolder, readBack, syncFolder, type WrittenFile, writeRows } from './archive-file.ts';
import { type ArchivedTable, type ArchivePart, type Manifest, readManifest, writeManifest } from './manifest.ts';
import type { Month } from './month.ts';
import { digestRows, sameRows } from './row-digest.ts';

export interface ArchiveRequest {
  readonly databaseUrl: string;
  /** Folder of all archives. */
  readonly archiveDir: string;
  readonly month: Month;
  readonly tableBytes: number;
  readonly migration: string | null;
  readonly now: Date;
}

export interface ArchivedMonth {
  /** Folder of the month. */
  readonly path: string;
  readonly manifest: Manifest;
  /** What the month was when it was read. */
  readonly part: ArchivePart;
  /** The same rows were archived before. */
  readonly reused: boolean;
}

/**
 * Writes the month as it is in one snapshot, reads the files back, and only then names them in the manifest. Until then
 * an older archive of the month is untouched. Rejects with whatever went wrong; what was written is overwritten next time.
 */
export async function archiveMonth(request: ArchiveRequest): Promise<ArchivedMonth> {
  const path = join(request.archiveDir, request.month.label);
  await makeFolder(path);
  const before = await readManifest(path);
  const number = 1 + Math.max(0, ...(before?.parts ?? []).map(({ number }) => number));
  const partial = (table: string) => join(path, `${table}-${number}.copy.gz.partial`);
  try {
    const written = await writePart(request, number, partial);
    const known = await intactTwin(path, before, written);
    if (before && known) return { path, manifest: before, part: known, reused: true };
    const part = await settle(path, written, partial);
    // A part with the same rows is one whose files are damaged, or it would have been used again.
    const others = (before?.parts ?? []).filter((older) => !holdsSameRows(older, part));
    const manifest: Manifest = { format: 1, month: request.month.label, parts: [...others, part] };
    await writeManifest(path, manifest);
    return { path, manifest, part, reused: false };
  } finally {
    for (const table of TABLES) await rm(partial(table), { force: true });
  }
}

const TABLES = ['events', 'attribution'] as const;
type PathOf = (table: (typeof TABLES)[number]) => string;

async function writePart(request: ArchiveRequest, number: number, partial: PathOf): Promise<ArchivePart> {
  const { databaseUrl, month, tableBytes, migration, now } = request;
  // A connection of its own: one whose COPY was broken off is of no use to anybody.
  await using session = await openRetentionSession(databaseUrl);
  return await inSnapshot(session, async () => ({
    number,
    archivedAt: now.toISOString(),
    migration,
    tableBytes,
    events: await writeTable(session, month, 'events', partial),
    attribution: await writeTable(session, month, 'attribution', partial),
  }));
}

async function writeTable(
  session: RetentionSession,
  { names }: Month,
  table: (typeof TABLES)[number],
  partial: PathOf,
): Promise<ArchivedTable> {
  const columns = await columnsOf(session, names[table]);
  const rows = copyPartition(session, { table, name: names[table], columns });
  return { file: '-', columns, ...(await writeRows(rows, partial(table))) };
}

/** Gives the files their names and makes sure of what is on the disk. */
async function settle(path: string, written: ArchivePart, partial: PathOf): Promise<ArchivePart> {
  const part = { ...written };
  for (const table of TABLES) {
    const file = `${table}-${written.number}.copy.gz`;
    await rename(partial(table), join(path, file));
    part[table] = { ...written[table], file };
  }
  await syncFolder(path);
  for (const table of TABLES) {
    if (!isIntact(part[table], await readBack(join(path, part[table].file)))) {
      throw new Error(`${part[table].file} of ${path} does not read as it was written.`);
    }
  }
  return part;
}

async function intactTwin(path: string, before: Manifest | null, written: ArchivePart): Promise<ArchivePart | null> {
  const twin = before?.parts.findLast((part) => holdsSameRows(part, written));
  if (!twin) return null;
  for (const table of TABLES) {
    const there = await readBack(join(path, twin[table].file)).catch(() => null);
    if (!there || !isIntact(twin[table], there)) return null;
  }
  return twin;
}

function holdsSameRows(a: ArchivePart, b: ArchivePart): boolean {
  return TABLES.every((table) => sameRows(a[table], b[table]) && String(a[table].columns) === String(b[table].columns));
}

/** Whether a file holds what the manifest says. */
export const isIntact = (said: ArchivedTable, found: WrittenFile) =>
  said.sha256 === found.sha256 && said.bytes === found.bytes && sameRows(said, found);

/** Whether the partitions, detached by now, still hold exactly what was archived. */
export async function isUnchanged(databaseUrl: string, { names }: Month, part: ArchivePart): Promise<boolean> {
  await using session = await openRetentionSession(databaseUrl);
  for (const table of TABLES) {
    const { columns } = part[table];
    const now = await digestRows(copyPartition(session, { table, name: names[table], columns }));
    if (!sameRows(part[table], now)) return false;
  }
  return true;
}
