import { type Partition, type Partitioned, uuidV7Floor } from '@tallymark/prisma/stores/partitions';
import type { IdRange } from '@tallymark/prisma/stores/retention-batch';

/** A month of events, with the partitions that hold it. `to` is not included. */
export interface Month {
  /** `2025_01` */
  readonly label: string;
  readonly from: Date;
  readonly to: Date;
  readonly names: Readonly<Record<Partitioned, string>>;
  /** The ids of its events. */
  readonly ids: IdRange;
}

export function monthOf(label: string, { from, to }: { readonly from: Date; readonly to: Date }): Month {
  return {
    label,
    from,
    to,
    names: { events: `events_${label}`, attribution: `attribution_${label}`, event_facts: `event_facts_${label}` },
    ids: { from: uuidV7Floor(from), to: uuidV7Floor(to) },
  };
}

/** The months of which all partitions are attached, the oldest first. */
export function monthsOf(partitions: readonly Partition[]): Month[] {
  const attached = partitions.filter(({ detachPending }) => !detachPending);
  const names = new Set(attached.map(({ name }) => name));
  return attached
    .filter(({ table }) => table === 'events')
    .map((partition) => monthOf(partition.name.slice('events_'.length), partition))
    .filter((month) => Object.values(month.names).every((name) => names.has(name)));
}
