import type { EntitySnapshotsAnswer } from '@tallymark/contract/reports/entity-snapshots';

type Snapshot = EntitySnapshotsAnswer['entities'][number]['snapshot'];

/** Facts that hosts call an entity by, the likeliest first. */
const NAMING = ['title', 'name', 'label', 'displayName', 'subject', 'email'];

/** What people call an entity, as its last snapshot shows it; null where that has no name. */
export function nameIn(snapshot: Snapshot | undefined): string | null {
  if (snapshot?.state !== 'present') return null;
  for (const key of NAMING) {
    const value = snapshot.entity[key];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return null;
}

/** Facts in one line each; what is nested stays JSON. */
export function factsIn(snapshot: Snapshot | undefined): readonly (readonly [name: string, value: string])[] {
  if (snapshot?.state !== 'present') return [];
  return Object.entries(snapshot.entity).flatMap(([name, value]) =>
    value === null || value === undefined
      ? []
      : [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)] as const],
  );
}
