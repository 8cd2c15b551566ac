import type { EntitySnapshot } from '@tallymark/contract/attribution';
import type { JsonObject } from '@tallymark/contract/event-row';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { findEntitiesSeen } from '@tallymark/prisma/stores/snapshots';
import { boundedEntity } from './entity-bounds.ts';

/**
 * The host's way to tell what its entities look like: for each of the `ids` that it knows the facts worth keeping, or
 * `'deleted'`; the others it leaves out. It gets at most 500 distinct ids, as they stand in events: texts that need not
 * fit the column, so "abc" must not fail a query on uuids. `db` is the host's own transaction inside `track(tx, …)`, else
 * our client; everything has to be read through it, and nothing written. Whoever can send an event can
 * name any id: where entities belong to tenants, answer with those of `tenantId` alone. Of people, leave out what is
 * personal: a snapshot stays with the event.
 */
export type SnapshotReader = (
  db: SqlExecutor,
  ids: readonly string[],
  whose: { readonly tenantId: string },
) => Promise<ReadonlyMap<string, JsonObject | 'deleted'>>;

/** Readers by entity type. Entities of other types get no snapshot. */
export type SnapshotReaders = Readonly<Record<string, SnapshotReader>>;

export interface SnapshotEvent {
  readonly id: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly occurredAt: Date;
}

export interface SnapshotRequest {
  readonly readers: SnapshotReaders;
  /** Of all the events. */
  readonly tenantId: string;
  readonly events: readonly SnapshotEvent[];
  readonly now: Date;
  /** Whether `db` is the transaction that the events are tracked in. */
  readonly inTransaction: boolean;
}

/** A host's reader threw, or answered with what is not JSON; the reason is its `cause`. */
export class SnapshotReadError extends Error {
  override readonly name = 'SnapshotReadError';

  constructor(
    readonly entityType: string,
    cause: unknown,
  ) {
    super(`The entities of type "${entityType}" could not be read: ${String(cause)}`, { cause });
  }
}

const IDS_AT_ONCE = 500;

/** The reader of a type, if the host has registered one; `constructor` and the like are no types of entities. */
export function readerOf(readers: SnapshotReaders, entityType: string): SnapshotReader | null {
  return Object.hasOwn(readers, entityType) ? (readers[entityType] ?? null) : null;
}

/**
 * What the entities of events look like now, by event id. Entities are read once each, type by type. One that its reader
 * leaves out is `deleted` if an event has seen it before, else `unknown`. An entity is cut to 8,192 characters of JSON;
 * see `boundedEntity`. @throws SnapshotReadError for the first reader that fails; inside a transaction, whoever calls
 * needs a savepoint to go on after that.
 */
export async function readSnapshots(
  db: SqlExecutor,
  { readers, tenantId, events, now, inTransaction }: SnapshotRequest,
): Promise<ReadonlyMap<string, EntitySnapshot>> {
  const entities = new EntityStates();
  for (const [entityType, ids] of idsByType(events)) {
    const reader = readerOf(readers, entityType);
    if (reader === null) continue;
    for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
      const part = ids.slice(at, at + IDS_AT_ONCE);
      const found = await readPart(entityType, part, () => reader(db, part, { tenantId }));
      for (const id of part) entities.set(entityType, id, found.get(id) ?? 'unknown');
    }
  }
  const left = entities.unknown();
  const seen = left.length === 0 ? [] : await findEntitiesSeen(db, tenantId, left);
  for (const { entityType, entityId } of seen) entities.set(entityType, entityId, 'deleted');

  const takenAt = now.toISOString();
  const snapshots = new Map<string, EntitySnapshot>();
  for (const { id, entityType, entityId, occurredAt } of events) {
    const found = entities.get(entityType, entityId);
    if (found === null) continue;
    const ageMs = inTransaction ? 0 : Math.max(0, now.getTime() - occurredAt.getTime());
    const facts = { takenAt, ageMs, inTransaction };
    snapshots.set(
      id,
      typeof found === 'string' ? { state: found, ...facts } : { state: 'present', ...facts, entity: found },
    );
  }
  return snapshots;
}

type EntityState = JsonObject | 'deleted' | 'unknown';

/** By type and id; two maps, because a joined key of two free texts could mean two entities. */
class EntityStates {
  private readonly byType = new Map<string, Map<string, EntityState>>();

  get(entityType: string, entityId: string): EntityState | null {
    return this.byType.get(entityType)?.get(entityId) ?? null;
  }

  set(entityType: string, entityId: string, state: EntityState): void {
    const states = this.byType.get(entityType);
    if (states) states.set(entityId, state);
    else this.byType.set(entityType, new Map([[entityId, state]]));
  }

  unknown(): { entityType: string; entityId: string }[] {
    return [...this.byType].flatMap(([entityType, states]) =>
      [...states].flatMap(([entityId, state]) => (state === 'unknown' ? [{ entityType, entityId }] : [])),
    );
  }
}

function idsByType(events: readonly SnapshotEvent[]): [entityType: string, ids: string[]][] {
  const byType = new Map<string, Set<string>>();
  for (const { entityType, entityId } of events) {
    byType.set(entityType, (byType.get(entityType) ?? new Set()).add(entityId));
  }
  return [...byType].map(([entityType, ids]) => [entityType, [...ids]]);
}

async function readPart(
  entityType: string,
  ids: readonly string[],
  read: () => ReturnType<SnapshotReader>,
): Promise<ReadonlyMap<string, JsonObject | 'deleted'>> {
  try {
    const found = await read();
    return new Map(
      ids.flatMap((id) => {
        const entity = found.get(id);
        return entity === undefined ? [] : [[id, entity === 'deleted' ? entity : boundedEntity(entity)] as const];
      }),
    );
  } catch (error) {
    throw new SnapshotReadError(entityType, error);
  }
}
