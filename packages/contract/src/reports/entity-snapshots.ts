import { z } from 'zod';
import { entitySnapshot } from '../attribution.ts';

const label = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\0]*$/, 'has a character that no id has');

export const entitySnapshotsInput = z.strictObject({
  /** Default: the site of the request. */
  siteId: z.guid().optional(),
  entityType: label,
  entityIds: z.array(label).min(1).max(100),
});

/** What each entity looked like when the latest of its events was enriched; one that no reader knew is left out. */
export const entitySnapshotsAnswer = z.object({
  entities: z.array(z.object({ entityId: z.string(), snapshot: entitySnapshot })),
});
export type EntitySnapshotsAnswer = z.infer<typeof entitySnapshotsAnswer>;
