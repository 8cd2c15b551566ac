import { join } from 'node:path';
import {
  latestMigration,
  listEventArchives,
  markArchiveTakenAway,
  saveEventArchive,
} from '@tallymark/prisma/stores/archives';
import { dropPartitions, ensurePartitions } from '@tallymark/prisma/stores/partitions';
import { deleteKeptByEventId, limitBatch } from '@tallymark/prisma/stores/retention-batch';
import { countEventGroups, listEventGroups } from '@tallymark/prisma/stores/retention-census';
import { addRemoved } from '@tallymark/prisma/stores/retention-runs';
import { lockFactWriter } from '@tallymark/prisma/stores/retention-uncounted';
import { type ArchivedMonth, archiveMonth, isUnchanged } from './archive-month.ts';
import type { RetentionRunContext } from './deps.ts';
import { detachMonth } from './detach-month.ts';
import { RetentionError } from './errors.ts';
import { totalsOf } from './manifest.ts';
import type { Month } from './month.ts';
import type { MonthPlan, MonthReport } from './shapes.ts';
import { stillDue } from './still-due.ts';
import { MonthUncounted, whyUncounted } from './uncounted.ts';

const DROP_TIMEOUT_MS = 300_000;
const LOCK_TIMEOUT_MS = 10_000;

/**
 * Archives a month, detaches it, makes sure that it is what was planned and archived, and only then drops it. Rows that
 * came in between put the month back, because nothing writes into a detached partition: what is judged there is what
 * goes. The month stays, or is put back, whatever else goes wrong. @throws MonthInUse, MonthUncounted
 */
export async function dropMonth(context: RetentionRunContext, month: Month, plan: MonthPlan): Promise<MonthReport> {
  // Before the work of archiving it; what counts is the same question at the detach and at the drop.
  const uncounted = await whyUncounted(context.prisma, month);
  if (uncounted !== null) throw new MonthUncounted(uncounted);
  const archived = plan.archive ? await archive(context, month, plan) : null;
  const report = { month: month.label, removed: 0, archive: archived && summary(archived) };
  try {
    await detachMonth(context, month);
    const judged = await judge(context, month, plan, archived);
    const reason = judged.reason ?? (await drop(context, month, judged.rows));
    if (reason === null) return { ...report, outcome: 'dropped', removed: judged.rows, reason: null };
    await putBack(context, month);
    return { ...report, outcome: 'postponed', reason };
  } catch (error) {
    await putBack(context, month).catch((err: unknown) => {
      context.log.warn({ err, month: month.label }, 'the month could not be put back yet; the next run does it');
    });
    throw error;
  }
}

async function archive(context: RetentionRunContext, month: Month, plan: MonthPlan): Promise<ArchivedMonth> {
  const { prisma, databaseUrl, config, log, now } = context;
  if (config.archiveDir === null) throw new Error('There is no folder to archive in.');
  await refuseOtherFolder(context, join(config.archiveDir, month.label), month.label);
  const migration = await latestMigration(prisma);
  const common = { databaseUrl, archiveDir: config.archiveDir, month, now: now() };
  const archived = await archiveMonth({ ...common, tableBytes: plan.bytes, migration });
  const { path, manifest, part } = archived;
  await saveEventArchive(prisma, {
    month: month.label,
    path,
    ...totalsOf(manifest),
    sha256: part.events.sha256,
    archivedAt: new Date(part.archivedAt),
  });
  log.info({ month: month.label, events: part.events.rows, ...summary(archived) }, 'month archived');
  return archived;
}

/** An archive only grows: a second one in another folder would be all that the database knows of. */
async function refuseOtherFolder({ prisma }: RetentionRunContext, path: string, label: string): Promise<void> {
  const known = (await listEventArchives(prisma)).find(({ month }) => month === label);
  if (known === undefined || known.path === path) return;
  throw new RetentionError(
    'unknown_archive',
    `There is an archive of ${label} in ${known.path}. Move it to ${path} and say so in event_archives, or set TRACKING_ARCHIVE_DIR back.`,
  );
}

const summary = ({ path, part, reused }: ArchivedMonth) => ({
  path,
  tableBytes: part.tableBytes,
  archiveBytes: part.events.bytes + part.attribution.bytes,
  reused,
});

/** Looks at the detached partitions. `reason` says why they must not go. */
async function judge(context: RetentionRunContext, month: Month, plan: MonthPlan, archived: ArchivedMonth | null) {
  const { prisma, databaseUrl } = context;
  // The rules last: reading the month takes its time, and one that is set meanwhile protects what it speaks of.
  const unchanged = archived === null || (await isUnchanged(databaseUrl, month, archived.part));
  const groups = await stillDue(context, plan, await listEventGroups(prisma, month.names.events));
  const counts = await countEventGroups(prisma, month.names.events, groups);
  const rows = counts.reduce((sum, { due }) => sum + due, 0);
  const staying = counts.reduce((sum, { exempt, kept }) => sum + exempt + kept, 0);
  if (staying > 0) return { rows, reason: `${staying} events came meanwhile that have to stay` };
  if (!unchanged) {
    return { rows, reason: 'events were added or changed after the month was archived' };
  }
  return { rows, reason: null };
}

/** Null when it is gone. */
async function drop(context: RetentionRunContext, month: Month, rows: number): Promise<string | null> {
  const { prisma, runId } = context;
  const names = Object.values(month.names);
  return prisma.$transaction(
    async (tx) => {
      await limitBatch(tx, LOCK_TIMEOUT_MS);
      await lockFactWriter(tx);
      const uncounted = await whyUncounted(tx, month);
      if (uncounted !== null) return uncounted;
      if (!(await dropPartitions(tx, names, runId))) return 'events came meanwhile, for which the month was put back';
      await deleteKeptByEventId(tx, month.ids);
      await markArchiveTakenAway(tx, month.label);
      await addRemoved(tx, runId, { removed: rows, partitions: names });
      return null;
    },
    { timeout: DROP_TIMEOUT_MS },
  );
}

/** Attaches again what is detached. Nothing for a month that never was. */
export async function putBack(
  { prisma }: Pick<RetentionRunContext, 'prisma'>,
  month: Pick<Month, 'from'>,
): Promise<void> {
  await ensurePartitions(prisma, [month.from]);
}
