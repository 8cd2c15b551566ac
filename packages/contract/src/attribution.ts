import { z } from 'zod';

/** How visitors come, by the first touch of their session. */
export const CHANNELS = ['direct', 'organic_search', 'social', 'paid', 'email', 'referral', 'internal'] as const;
export type Channel = (typeof CHANNELS)[number];

/** `attribution.session_json`: the session an event belongs to, as it stood when the event happened. */
export const sessionContext = z.object({
  /** Id of the session's first event. */
  id: z.guid(),
  startedAt: z.iso.datetime(),
  /** From the start of the session to this event. */
  durationMs: z.int().min(0),
  /** 1 for the first event of the session. */
  sequence: z.int().min(1),
});
export type SessionContext = z.infer<typeof sessionContext>;

const snapshotFacts = {
  /** When the entity was looked at. */
  takenAt: z.iso.datetime(),
  /** From the event to the look at the entity; 0 inside the host's own transaction. */
  ageMs: z.int().min(0),
  /** Read inside the transaction that the event was tracked in. */
  inTransaction: z.boolean(),
};

/** `attribution.snapshot_json`: what the entity of an event looked like. */
export const entitySnapshot = z.discriminatedUnion('state', [
  z.object({ state: z.literal('present'), ...snapshotFacts, entity: z.record(z.string(), z.unknown()) }),
  /** It was there for an earlier event and is not any more, or its reader says that it was deleted. */
  z.object({ state: z.literal('deleted'), ...snapshotFacts }),
  /** Nobody has ever seen it. */
  z.object({ state: z.literal('unknown'), ...snapshotFacts }),
]);
export type EntitySnapshot = z.infer<typeof entitySnapshot>;
