import type { EventRow } from '@tallymark/contract/event-row';
import type { PrismaClient } from '@tallymark/prisma/client';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';

const MONTHS_AHEAD = 3;

const monthOf = (time: Date, offset = 0) => new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + offset, 1));

/** Sees to it that events have a partition to go to. Works on a connection of its own, never inside a transaction. */
export class PartitionKeeper {
  constructor(private readonly store: PrismaClient) {}

  /** This month and the next three. */
  async keepAhead(now: Date): Promise<void> {
    const months = Array.from({ length: MONTHS_AHEAD + 1 }, (_, offset) => monthOf(now, offset));
    await ensurePartitions(this.store, months);
  }

  /** The months of imported history, when a batch found no partition. */
  async makeRoomFor(rows: readonly Pick<EventRow, 'occurredAt'>[]): Promise<void> {
    const months = new Set(rows.map(({ occurredAt }) => monthOf(new Date(occurredAt)).getTime()));
    await ensurePartitions(
      this.store,
      [...months].map((month) => new Date(month)),
    );
  }
}
