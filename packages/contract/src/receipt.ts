import { z } from 'zod';

/**
 * Why an event was rejected.
 *
 * | layer | reasons |
 * | --- | --- |
 * | schema | `invalid_event`, `invalid_characters`, `too_large` |
 * | business rules | `unknown_event_type`, `unknown_schema_version`, `occurred_in_future`, `older_than_retention`, `aggregate_too_late` |
 * | references | `unknown_site`, `actor_mismatch`, `invalid_entity` |
 * | props | `invalid_props` |
 * | accept | `conflict` (same key, other content), `unavailable` (may be sent again) |
 */
export const REJECTION_REASONS = [
  'invalid_event',
  'invalid_characters',
  'too_large',
  'unknown_event_type',
  'unknown_schema_version',
  'occurred_in_future',
  'older_than_retention',
  'aggregate_too_late',
  'unknown_site',
  'actor_mismatch',
  'invalid_entity',
  'invalid_props',
  'conflict',
  'unavailable',
] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** The answer for one event. `id` names the event; for aggregated types no row of its own carries it. */
export const receipt = z.discriminatedUnion('status', [
  z.object({ status: z.literal('accepted'), id: z.uuid() }),
  z.object({ status: z.literal('duplicate'), id: z.uuid() }),
  z.object({ status: z.literal('sampled') }),
  z.object({
    status: z.literal('rejected'),
    reason: z.enum(REJECTION_REASONS),
    /** What is wrong and what to do about it. */
    message: z.string(),
    /** Whether sending the same event again can succeed. */
    retryable: z.boolean(),
  }),
]);
export type Receipt = z.infer<typeof receipt>;
export type RejectedReceipt = Extract<Receipt, { status: 'rejected' }>;

export function rejected(reason: RejectionReason, message: string): RejectedReceipt {
  return { status: 'rejected', reason, message, retryable: reason === 'unavailable' };
}
