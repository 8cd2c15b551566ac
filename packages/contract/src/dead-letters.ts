import { z } from 'zod';
import { attributionInput } from './event-input.ts';
import { LIMITS } from './limits.ts';

/** `refused`: Postgres says no to the row. `conflict`: another event is stored under its id. */
export const DEAD_LETTER_REASONS = ['refused', 'conflict'] as const;

const count = z.int().min(0);

/** An accepted event that could not be stored, and what became of it since. */
export const deadLetter = z.object({
  id: z.guid(),
  /** Id of the event as it was accepted. */
  eventId: z.guid(),
  /** Why the latest attempt failed. */
  reason: z.enum(DEAD_LETTER_REASONS),
  sqlState: z.string().nullable(),
  message: z.string(),
  eventType: z.string().nullable(),
  createdAt: z.iso.datetime(),
  /**
   * The row as it was accepted. Text, because it may hold keys and characters that neither superjson nor Postgres take;
   * what is not UTF-8 shows as U+FFFD.
   */
  payload: z.object({ isJson: z.boolean(), text: z.string() }),
  /** The row as somebody repaired it; replayed in place of the payload. */
  repaired: z.record(z.string(), z.unknown()).nullable(),
  repairedAt: z.iso.datetime().nullable(),
  /** `merged`: found stored already. Null while the letter is open. */
  resolution: z.enum(['stored', 'merged']).nullable(),
  resolvedAt: z.iso.datetime().nullable(),
  /** The stored event; differs from `eventId` where a repair gave it another time, or made it an event of its own. */
  resolvedEventId: z.guid().nullable(),
});
export type DeadLetter = z.infer<typeof deadLetter>;

/** Where a page ended: creation time and id of its last letter. */
export const deadLetterCursor = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\/[0-9a-f-]{36}$/, 'is not a cursor of this list');

export const MOST_DEAD_LETTERS_A_PAGE = 100;

/** Newest first. Pages by cursor: a letter that arrives meanwhile shifts nothing. */
export const deadLetterQuery = z.object({
  cursor: deadLetterCursor.nullish(),
  limit: z.int().min(1).max(MOST_DEAD_LETTERS_A_PAGE).default(50),
  reason: z.enum(DEAD_LETTER_REASONS).optional(),
  eventType: z.string().max(LIMITS.keyLength).optional(),
  resolved: z.boolean().optional(),
});
export type DeadLetterQuery = z.input<typeof deadLetterQuery>;

export const deadLetterPage = z.object({ items: z.array(deadLetter), nextCursor: deadLetterCursor.nullable() });
export type DeadLetterPage = z.infer<typeof deadLetterPage>;

/** Letters by the reason of their latest failure. An aggregated letter is one here, and its `count` in the ledger. */
export const deadLetterCounts = z.array(
  z.object({ reason: z.enum(DEAD_LETTER_REASONS), open: count, stored: count, merged: count }),
);
export type DeadLetterCounts = z.infer<typeof deadLetterCounts>;

const text = (length: number) => z.string().max(length).nullable().optional();

/** What to change about the accepted event. A field that is left out stays, null takes it away. */
export const deadLetterRepair = z.strictObject({
  eventType: z.string().optional(),
  /** All props, in the current schema version of the type. */
  props: z.record(z.string(), z.unknown()).optional(),
  /** The id follows the time: its other bits stay. */
  occurredAt: z.iso.datetime({ offset: true }).optional(),
  entityType: text(LIMITS.keyLength),
  entityId: text(LIMITS.idLength),
  actorId: text(LIMITS.idLength),
  visitorId: text(LIMITS.idLength),
  sessionId: text(LIMITS.idLength),
  service: text(LIMITS.serviceLength),
  attribution: attributionInput.nullable().optional(),
  userAgent: text(LIMITS.userAgentLength),
  clientHints: z.record(z.string(), z.string().max(LIMITS.clientHintLength)).nullable().optional(),
  correlationId: text(LIMITS.idLength),
  clientVersion: text(LIMITS.idLength),
  /** Keeps a `conflict` beside the event that holds its id: under an id of its own, without its idempotency key. */
  asNewEvent: z.boolean().optional(),
});
export type DeadLetterRepair = z.infer<typeof deadLetterRepair>;

/** What a replay made of a letter. Only `stored` and `merged` resolve it. */
export const replayOutcome = z.object({
  outcome: z.enum(['stored', 'merged', 'still_refused', 'conflict']),
  /** The event as it was tried. */
  eventId: z.guid(),
  /** Why the letter is still open, and what to do about it. */
  message: z.string().optional(),
});
export type ReplayOutcome = z.infer<typeof replayOutcome>;

export const MOST_REPLAYS_A_CALL = 1_000;

/** Open letters, oldest first. With `nextCursor` the next call goes on behind those that are still refused. */
export const replayAllQuery = z.object({
  reason: z.enum(DEAD_LETTER_REASONS).optional(),
  eventType: z.string().max(LIMITS.keyLength).optional(),
  limit: z.int().min(1).max(MOST_REPLAYS_A_CALL).default(100),
  cursor: deadLetterCursor.nullish(),
});
export type ReplayAllQuery = z.input<typeof replayAllQuery>;

export const replayAllResult = z.object({
  stored: count,
  merged: count,
  stillRefused: count,
  conflict: count,
  /** Resolved by somebody else meanwhile, or without a readable row. */
  skipped: count,
  /** Why the call ended before its limit: the database did not take a letter for a reason that is not the letter's. */
  stoppedBy: z.string().nullable(),
  /** For the next call; null where no open letter lies behind, or none was tried yet. */
  nextCursor: deadLetterCursor.nullable(),
});
export type ReplayAllResult = z.infer<typeof replayAllResult>;
