import type { EventArchiveRow } from '@tallymark/prisma/stores/archives';

const MIB = 1024 * 1024;

/** The archived months as lines for a terminal. */
export function archiveTable(archives: readonly EventArchiveRow[]): string {
  if (archives.length === 0) return 'Nothing was archived yet.';
  const head = ['month', 'events', 'in Postgres', 'in files', 'state', 'folder'];
  const rows = archives.map((archive) => [
    archive.month,
    archive.events.toLocaleString('en'),
    size(archive.tableBytes),
    size(archive.archiveBytes),
    stateOf(archive),
    archive.path,
  ]);
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const size = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`;

function stateOf({ restoredAt, heldUntil }: EventArchiveRow): string {
  const until = heldUntil?.toISOString().slice(0, 10);
  if (restoredAt) return `restored, held until ${until}`;
  return until ? `restore not finished, held until ${until}` : 'archived';
}
