import { EVENT_SOURCES } from '@tallymark/contract/event-input';
import type { EventRow } from '@tallymark/contract/event-row';
import type { StoredDeadLetter } from '@tallymark/prisma/stores/dead-letters';
import { z } from 'zod';
import { DeadLetterError } from './errors.ts';

const text = z.string().optional();
const json = z.custom<NonNullable<EventRow['propsJson']>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** A row as any version of the flusher may have written it into a letter: only its shape is known, not its content. */
const letterRow: z.ZodType<EventRow> = z.object({
  id: z.uuid(),
  tenantId: z.uuid(),
  siteId: z.uuid(),
  eventType: z.string(),
  schemaVersion: z.int(),
  source: z.enum(EVENT_SOURCES),
  service: text,
  entityType: text,
  entityId: text,
  actorId: text,
  visitorId: text,
  sessionId: text,
  occurredAt: z.iso.datetime(),
  receivedAt: z.iso.datetime(),
  propsJson: json,
  sentJson: json.optional(),
  touchJson: json.optional(),
  userAgent: text,
  clientHintsJson: json.optional(),
  ipHash: text,
  idempotencyKey: text,
  payloadHash: z.string(),
  correlationId: text,
  clientVersion: text,
  count: z.number().optional(),
  samplingRate: z.number(),
  retentionExempt: z.boolean().optional(),
});

/** The payload for people: its text, and whether that is JSON. Never throws. */
export function describePayload(payload: Uint8Array): { isJson: boolean; text: string } {
  const decoded = new TextDecoder().decode(payload);
  try {
    JSON.parse(decoded);
    return { isJson: true, text: decoded };
  } catch {
    return { isJson: false, text: decoded };
  }
}

/** The row as it was accepted. @throws DeadLetterError `unreadable` where the payload is none. */
export function acceptedRow(letter: Pick<StoredDeadLetter, 'id' | 'payload'>): EventRow {
  const { isJson, text: decoded } = describePayload(letter.payload);
  return parseRow(letter.id, isJson ? JSON.parse(decoded) : undefined);
}

/** The row that a replay takes: the repaired one, else the accepted one. @throws like `acceptedRow`. */
export function rowToReplay(letter: Pick<StoredDeadLetter, 'id' | 'payload' | 'repaired'>): EventRow {
  return letter.repaired ? parseRow(letter.id, letter.repaired) : acceptedRow(letter);
}

function parseRow(id: string, value: unknown): EventRow {
  const parsed = letterRow.safeParse(value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') || 'the payload';
  throw new DeadLetterError('unreadable', `Dead letter ${id} does not hold an event row: ${where} is not readable.`);
}
