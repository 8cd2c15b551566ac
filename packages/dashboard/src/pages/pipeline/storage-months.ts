import type { OpsStorage } from '@tallymark/contract/reports/ops';

type Partition = OpsStorage['partitions'][number];

/** What the events of a month take of the disk. */
export interface StorageMonth {
  /** First moment of the UTC month. */
  readonly from: string;
  /** Estimated rows of events; null where Postgres has not looked yet. */
  readonly events: number | null;
  readonly bytes: Readonly<Record<Partition['table'], number>>;
  readonly totalBytes: number;
}

/** Partitions by month, the newest first. */
export function storageMonths(partitions: readonly Partition[]): StorageMonth[] {
  const months = new Map<string, Partition[]>();
  for (const partition of partitions) months.set(partition.from, [...(months.get(partition.from) ?? []), partition]);
  return [...months]
    .sort(([one], [other]) => other.localeCompare(one))
    .map(([from, all]) => {
      const bytesOf = (table: Partition['table']) => all.find((each) => each.table === table)?.bytes ?? 0;
      return {
        from,
        events: all.find(({ table }) => table === 'events')?.rows ?? null,
        bytes: {
          events: bytesOf('events'),
          attribution: bytesOf('attribution'),
          event_facts: bytesOf('event_facts'),
        },
        totalBytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
      };
    });
}

// Partitions are those of UTC months, wherever they are looked at.
const monthName = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });

/** `Nov 2026`. */
export const writeStorageMonth = (from: string): string => monthName.format(new Date(from));
