import type { PrismaClient } from '@tallymark/prisma/client';
import type { ClientTraitsReader } from './client-traits.ts';
import type { SessionCache } from './session-cache.ts';
import type { SiteHosts } from './site-hosts.ts';
import type { Slots } from './slots.ts';
import type { SnapshotReaders } from './snapshots.ts';

/** What enrichment works with. */
export interface EnrichDeps {
  readonly prisma: PrismaClient;
  /** Null where there is no Redis: sessions are then read from Postgres alone. */
  readonly cache: SessionCache | null;
  readonly traits: ClientTraitsReader;
  readonly hosts: SiteHosts;
  readonly snapshotReaders: SnapshotReaders;
  /** Transactions at a time: each takes a slot of Postgres's lock table for every stream in its batch. */
  readonly writers: Slots;
  readonly now: () => Date;
}
