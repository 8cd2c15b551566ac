import type { JsonObject } from '@tallymark/contract/event-row';
import { findBacklogSnapshots } from '@tallymark/prisma/stores/enrichment-backlog';
import type { EnrichmentEvent } from '@tallymark/prisma/stores/enrichment-events';
import { before } from '../ingest/deadline.ts';
import type { EnrichDeps } from './enrich-deps.ts';
import { isOutage } from './outage.ts';
import { readSnapshots } from './snapshots.ts';

const READER_DEADLINE_MS = 20_000;

export interface FailedEvent {
  readonly id: string;
  readonly reason: string;
}

interface Subject {
  readonly id: string;
  readonly tenantId: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly occurredAt: Date;
}

/**
 * Snapshots by event id: those that were taken in the host's transaction, and of the others what their entities look like
 * now. A reader that fails takes only the events of its entity type with it.
 */
export async function takeSnapshots(
  { prisma, snapshotReaders, now }: Pick<EnrichDeps, 'prisma' | 'snapshotReaders' | 'now'>,
  events: readonly EnrichmentEvent[],
): Promise<{ snapshots: ReadonlyMap<string, JsonObject>; failed: readonly FailedEvent[] }> {
  const subjects = events.flatMap(({ id, tenantId, entityType, entityId, occurredAtMs }) =>
    entityType !== null && entityId !== null
      ? [{ id, tenantId, entityType, entityId, occurredAt: new Date(occurredAtMs) } satisfies Subject]
      : [],
  );
  const snapshots = new Map<string, JsonObject>();
  const failed: FailedEvent[] = [];
  if (subjects.length === 0) return { snapshots, failed };
  const taken = await findBacklogSnapshots(
    prisma,
    subjects.map(({ id }) => id),
  );
  // The database holds only JSON that we have written.
  for (const [id, snapshot] of taken) snapshots.set(id, snapshot as JsonObject);
  for (const own of byTenantAndType(subjects.filter(({ id }) => !taken.has(id)))) {
    const [{ tenantId = '', entityType = '' } = {}] = own;
    try {
      const request = { readers: snapshotReaders, tenantId, events: own, now: now(), inTransaction: false };
      // A reader that hangs must not hold the job for ever.
      const read = await before(performance.now() + READER_DEADLINE_MS, readSnapshots(prisma, request));
      for (const [id, snapshot] of read) snapshots.set(id, snapshot as JsonObject);
    } catch (error) {
      // Postgres is away: that says nothing of these events.
      if (isOutage(error)) throw error;
      const reason = `The snapshot reader of "${entityType}" failed: ${error instanceof Error ? error.message : String(error)}`;
      for (const { id } of own) failed.push({ id, reason });
    }
  }
  return { snapshots, failed };
}

function byTenantAndType(subjects: readonly Subject[]): Iterable<readonly Subject[]> {
  const groups = new Map<string, Subject[]>();
  for (const subject of subjects) {
    // A tenant is a UUID: the two cannot run into each other.
    const key = `${subject.tenantId} ${subject.entityType}`;
    const group = groups.get(key);
    if (group) group.push(subject);
    else groups.set(key, [subject]);
  }
  return groups.values();
}
