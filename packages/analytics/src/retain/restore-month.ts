import { join } from 'node:path';
import type { PrismaClient } from '@tallymark/prisma/client';
import {
  holdEventArchive,
  listEventArchives,
  markArchiveRestored,
  saveEventArchive,
} from '@tallymark/prisma/stores/archives';
import { ARCHIVED, ensurePartitions, parseMonth } from '@tallymark/prisma/stores/partitions';
import { prepareLoading } from '@tallymark/prisma/stores/retention-copy';
import { completeRestored } from '@tallymark/prisma/stores/retention-restored';
import {
  openRetentionSession,
  type RetentionSession,
  tryRetentionLock,
} from '@tallymark/prisma/stores/retention-session';
import type { Logger } from 'pino';
import { readBack, rowsOf } from './archive-file.ts';
import { isIntact } from './archive-month.ts';
import { RetentionError } from './errors.ts';
import { type LocatedArchive, locateArchive } from './locate-archive.ts';
import { type ArchivedTable, totalsOf } from './manifest.ts';
import { type Month, monthOf } from './month.ts';
import { rowBlocks } from './row-blocks.ts';

const BLOCK_BYTES = 4 * 1024 * 1024;
const DAY_MS = 86_400_000;
const LONGEST_HOLD_DAYS = 36_500;

export interface RestoreOptions {
  readonly prisma: PrismaClient;
  readonly databaseUrl: string;
  readonly log: Logger;
  readonly now: () => Date;
  /** `2025_01` */
  readonly month: string;
  /** Folder of all archives; null looks where the database says the month was written. */
  readonly archiveDir: string | null;
  /** How long retention leaves the month alone. */
  readonly holdDays: number;
}

export interface RestoredMonth {
  readonly month: string;
  /** Events that were not there. */
  readonly events: number;
  readonly attribution: number;
  /** Events of the archive that were there already. */
  readonly alreadyThere: number;
  readonly heldUntil: Date;
}

/**
 * Brings an archived month back, row for row; rows that are there stay as they are. Checks every file before it begins.
 * Run again after it was killed, it completes what is missing. Restored events are not logged or enriched once more;
 * those that never were enriched wait for it again.
 *
 * @throws RetentionError for a month that is not archived, damaged files, or while retention is running.
 */
export async function restoreMonth(options: RestoreOptions): Promise<RestoredMonth> {
  const { prisma, log, now, holdDays } = options;
  const range = parseMonth(options.month);
  if (!range) throw new RetentionError('invalid_month', `"${options.month}" is no month; write it as 2025_01.`);
  if (!(Number.isInteger(holdDays) && holdDays >= 1 && holdDays <= LONGEST_HOLD_DAYS)) {
    throw new RetentionError('invalid_days', `A month is held for 1 to ${LONGEST_HOLD_DAYS} whole days.`);
  }
  const month = monthOf(options.month, range);
  await using session = await openRetentionSession(options.databaseUrl);
  if (!(await tryRetentionLock(session))) {
    throw new RetentionError(
      'already_running',
      'Retention or a restore is already running; try again when it is done.',
    );
  }
  const recorded = await listEventArchives(prisma);
  const archive = await locateArchive(month.label, options.archiveDir, recorded);
  await checkFiles(archive);
  const heldUntil = new Date(now().getTime() + holdDays * DAY_MS);
  if (!recorded.some((row) => row.month === month.label)) await record(prisma, archive);
  // Before the first row: a restore that is killed must not be undone by the next night.
  await holdEventArchive(prisma, month.label, heldUntil);
  await ensurePartitions(prisma, [month.from]);
  const loaded = await load(session, month, archive, log);
  await completeRestored(session, month.names);
  await markArchiveRestored(prisma, month.label, now());
  return {
    month: month.label,
    events: loaded.events,
    attribution: loaded.attribution,
    alreadyThere: loaded.different - loaded.events,
    heldUntil,
  };
}

async function checkFiles({ path, manifest }: LocatedArchive): Promise<void> {
  for (const said of manifest.parts.flatMap((part) => ARCHIVED.map((table) => part[table]))) {
    const file = join(path, said.file);
    const found = await readBack(file).catch((cause: unknown) => {
      throw new RetentionError('damaged_archive', `${file} cannot be read; nothing was restored.`, { cause });
    });
    if (isIntact(said, found)) continue;
    throw new RetentionError(
      'damaged_archive',
      `${file} is damaged: its SHA-256 is ${found.sha256}, the manifest says ${said.sha256}. Nothing was restored.`,
    );
  }
}

/** For a database that does not know of the archive: a new one, or one that was itself restored. */
async function record(prisma: PrismaClient, { path, manifest }: LocatedArchive): Promise<void> {
  const latest = manifest.parts.at(-1);
  if (!latest) throw new RetentionError('damaged_archive', `The manifest in ${path} names no files.`);
  await saveEventArchive(prisma, {
    month: manifest.month,
    path,
    ...totalsOf(manifest),
    sha256: latest.events.sha256,
    archivedAt: new Date(latest.archivedAt),
  });
}

async function load(
  session: RetentionSession,
  { label, names }: Month,
  { path, manifest }: LocatedArchive,
  log: Logger,
) {
  const loaded = { events: 0, attribution: 0, different: 0 };
  // The latest first: a row that is in several parts is taken as it was last.
  for (const part of manifest.parts.toReversed()) {
    for (const table of ARCHIVED) {
      const from: ArchivedTable = part[table];
      const loader = await prepareLoading(session, { table, name: names[table], columns: from.columns });
      for await (const block of rowBlocks(rowsOf(join(path, from.file)), BLOCK_BYTES)) {
        const { added, different } = await loader.load(block);
        loaded[table] += added;
        if (table === 'events') loaded.different += different;
        log.info({ month: label, table, restored: loaded[table], of: from.rows }, 'restoring');
      }
    }
  }
  return loaded;
}
