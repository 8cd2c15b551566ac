import type { PrismaClient } from '@tallymark/prisma/client';
import type { Prisma } from '@tallymark/prisma/generated';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { EventEnrichmentService } from '../enrich/service.ts';
import type { SnapshotReaders } from '../enrich/snapshots.ts';
import { type IngestionWorld, LOG, NOW, openWorld } from './ingestion-world.ts';

export const MAC_CHROME =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';

export interface EnrichmentWorld extends IngestionWorld {
  readonly enrichment: EventEnrichmentService;
  /** Another worker; without Redis where that is said. */
  worker(options?: { readonly redis?: null; readonly snapshotReaders?: SnapshotReaders }): EventEnrichmentService;
}

/** A world with partitions around `NOW` and a service that enriches. */
export async function openEnrichmentWorld(): Promise<EnrichmentWorld> {
  const world = await openWorld();
  await world.service();
  const worker: EnrichmentWorld['worker'] = ({ redis, snapshotReaders } = {}) =>
    new EventEnrichmentService(world.prisma, redis === null ? null : world.redis, {
      log: LOG,
      now: () => world.clock.now,
      ...(snapshotReaders && { snapshotReaders }),
    });
  return { ...world, enrichment: worker(), worker };
}

type Row = Prisma.EventCreateManyInput;

/** A page view `minutes` after `NOW`, as a row of the table. */
export function pageView(minutes: number, more: Partial<Row> = {}): Row & { id: string } {
  const occurredAt = new Date(NOW.getTime() + minutes * 60_000);
  return {
    id: uuidV7(occurredAt.getTime()),
    eventType: 'page_viewed',
    schemaVersion: 2,
    occurredAt,
    sessionId: 'session-1',
    propsJson: { path: '/' },
    ...more,
  };
}

/** Stores rows in one statement; answers their ids in the order given. */
export async function store(prisma: PrismaClient, rows: readonly (Row & { id: string })[]): Promise<string[]> {
  await prisma.event.createMany({ data: [...rows] });
  return rows.map(({ id }) => id);
}

/** Attribution by event id, without the times at which it was written. */
export async function attributionOf(prisma: PrismaClient, ids: readonly string[]) {
  const rows = await prisma.attribution.findMany({ where: { eventId: { in: [...ids] } } });
  return new Map(rows.map(({ createdAt: _created, updatedAt: _updated, ...row }) => [row.eventId, row]));
}
