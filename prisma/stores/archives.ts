import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const archiveRow = z.object({
  month: z.string(),
  path: z.string(),
  events: z.number(),
  tableBytes: z.number(),
  archiveBytes: z.number(),
  sha256: z.string(),
  archivedAt: z.date(),
  restoredAt: z.date().nullable(),
  heldUntil: z.date().nullable(),
});
export type EventArchiveRow = z.infer<typeof archiveRow>;
export type NewEventArchive = Omit<EventArchiveRow, 'restoredAt' | 'heldUntil'>;

export async function listEventArchives(db: SqlExecutor): Promise<EventArchiveRow[]> {
  const rows = await db.$queryRaw`
    SELECT month, path, events::float8, table_bytes::float8 AS "tableBytes", archive_bytes::float8 AS "archiveBytes",
           sha256, archived_at AS "archivedAt", restored_at AS "restoredAt", held_until AS "heldUntil"
    FROM event_archives ORDER BY month`;
  return z.array(archiveRow).parse(rows);
}

/** Whether and until when it is held stays as it is. */
export async function saveEventArchive(db: SqlExecutor, archive: NewEventArchive): Promise<void> {
  await db.$executeRaw`
    INSERT INTO event_archives (month, path, events, table_bytes, archive_bytes, sha256, archived_at)
    VALUES (${archive.month}, ${archive.path}, ${archive.events}, ${archive.tableBytes}, ${archive.archiveBytes},
            ${archive.sha256}, ${archive.archivedAt}::timestamptz)
    ON CONFLICT (month) DO UPDATE
    SET path = excluded.path, events = excluded.events, table_bytes = excluded.table_bytes,
        archive_bytes = excluded.archive_bytes, sha256 = excluded.sha256, archived_at = excluded.archived_at`;
}

/** Keeps retention away from the month until `heldUntil`. */
export async function holdEventArchive(db: SqlExecutor, month: string, heldUntil: Date): Promise<void> {
  await db.$executeRaw`
    UPDATE event_archives SET held_until = ${heldUntil}::timestamptz WHERE month = ${month}`;
}

export async function markArchiveRestored(db: SqlExecutor, month: string, restoredAt: Date): Promise<void> {
  await db.$executeRaw`
    UPDATE event_archives SET restored_at = ${restoredAt}::timestamptz WHERE month = ${month}`;
}

/** The month is in its files alone again. */
export async function markArchiveTakenAway(db: SqlExecutor, month: string): Promise<void> {
  await db.$executeRaw`
    UPDATE event_archives SET restored_at = NULL, held_until = NULL WHERE month = ${month}`;
}

/** The latest migration of the database; null where none was recorded. */
export async function latestMigration(db: SqlExecutor): Promise<string | null> {
  const [row] = await db.$queryRaw<unknown[]>`
    SELECT max(migration_name) AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL`;
  return z.object({ name: z.string().nullable() }).parse(row).name;
}
