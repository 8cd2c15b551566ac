import { demoPlan } from '@tallymark/contract/demo-plan';
import { studioSnapshotReaders } from '@tallymark/prisma/studio/snapshots';

/** The product that the processes of this folder work for. A host has its own beside its own worker. */
export const studio = { plan: demoPlan, snapshotReaders: studioSnapshotReaders };
