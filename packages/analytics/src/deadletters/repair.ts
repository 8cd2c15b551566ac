import { hash } from 'node:crypto';
import type { DeadLetterRepair } from '@tallymark/contract/dead-letters';
import type { EventRow, JsonObject } from '@tallymark/contract/event-row';
import type { TrackingPlan } from '@tallymark/contract/plan';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { canonicalJson, MalformedValue } from '../ingest/canonical.ts';
import { judgeTime } from '../ingest/time-rules.ts';
import { type ValidEvent, validateEvent } from '../ingest/validate.ts';
import { DeadLetterError } from './errors.ts';

/** Bytes of a UUIDv7 that are its time. */
const TIME_BYTES = 6;

/**
 * The accepted row with the repair's changes, judged like an event at ingest: plan, props in the current version of the
 * type, entity rules, characters, size. Its payload hash stays that of the event as it was sent, so that the event,
 * sent once more under its key, is still recognised.
 *
 * @throws DeadLetterError `invalid`, with what speaks against it.
 */
export function repairRow(plan: TrackingPlan, row: EventRow, repair: DeadLetterRepair): EventRow {
  const occurredAt = new Date(repair.occurredAt ?? row.occurredAt);
  checkTime(occurredAt, row);
  const valid = validateEvent(plan, envelopeOf(row, repair), { userId: null, trusted: true });
  if ('status' in valid) throw new DeadLetterError('invalid', valid.message);
  const asNewEvent = repair.asNewEvent === true;
  const repaired: EventRow = {
    ...row,
    id: asNewEvent ? idOfItsOwn(row, occurredAt) : idAt(row, occurredAt),
    idempotencyKey: asNewEvent ? undefined : row.idempotencyKey,
    eventType: valid.envelope.eventType,
    schemaVersion: valid.schemaVersion,
    service: valid.envelope.service ?? undefined,
    entityType: valid.entityType,
    entityId: valid.entityId,
    actorId: valid.actorId,
    sessionId: valid.envelope.sessionId ?? undefined,
    occurredAt: occurredAt.toISOString(),
    propsJson: valid.props,
    sentJson: sentOf(valid, row, repair),
    touchJson: valid.envelope.attribution ?? undefined,
    ...contextOf(row, repair),
  };
  return asStored(repaired);
}

/** An event cannot have happened after it was received; how old it may be was judged when it was accepted. */
function checkTime(occurredAt: Date, { receivedAt }: EventRow): void {
  const now = new Date(receivedAt);
  const late = judgeTime({ occurredAt, now, floor: new Date(0), retentionExempt: true, rememberedSeconds: null });
  if (late) throw new DeadLetterError('invalid', late.message);
}

/** The event as its caller would send it now. */
function envelopeOf(row: EventRow, repair: DeadLetterRepair) {
  const ownType = repair.eventType === undefined || repair.eventType === row.eventType;
  return {
    eventType: repair.eventType ?? row.eventType,
    source: row.source,
    service: given(repair.service, row.service),
    // Another type tells by itself what it happens to.
    entityType: given(repair.entityType, ownType ? row.entityType : undefined),
    entityId: given(repair.entityId, row.entityId),
    sessionId: given(repair.sessionId, row.sessionId),
    actorId: given(repair.actorId, row.actorId),
    props: repair.props ?? row.propsJson,
    attribution: given(repair.attribution, row.touchJson),
    idempotencyKey: row.idempotencyKey,
    schemaVersion: repair.props === undefined && ownType ? row.schemaVersion : undefined,
  };
}

/** Props given by hand were never sent by a client; the letter's payload keeps those that were. */
function sentOf(valid: ValidEvent, row: EventRow, repair: DeadLetterRepair): EventRow['sentJson'] {
  return repair.props === undefined ? (row.sentJson ?? valid.sent ?? undefined) : undefined;
}

function contextOf(row: EventRow, repair: DeadLetterRepair) {
  return {
    visitorId: given(repair.visitorId, row.visitorId),
    userAgent: given(repair.userAgent, row.userAgent),
    clientHintsJson: given<JsonObject>(repair.clientHints, row.clientHintsJson),
    correlationId: given(repair.correlationId, row.correlationId),
    clientVersion: given(repair.clientVersion, row.clientVersion),
  };
}

/** Left out: as it was. Null: taken away. */
function given<Value>(repaired: Value | null | undefined, accepted: Value | undefined): Value | undefined {
  return repaired === undefined ? accepted : (repaired ?? undefined);
}

/** The id of the same event at another time: what its key gives it then. Reads by time rely on the id's time. */
function idAt(row: EventRow, occurredAt: Date): string {
  const bytes = Buffer.from(row.id.replaceAll('-', ''), 'hex');
  return uuidV7(occurredAt.getTime(), bytes.subarray(TIME_BYTES));
}

/** Made of what was accepted, so that two letters of one event do not become two events. */
function idOfItsOwn(row: EventRow, occurredAt: Date): string {
  return uuidV7(occurredAt.getTime(), hash('sha256', `${row.id}\n${row.payloadHash}`, 'buffer'));
}

/** As a flush would read it from the buffer. Upcasters and the context go past the look at what was sent. */
function asStored(row: EventRow): EventRow {
  const { propsJson, sentJson, id, ...others } = row;
  for (const [part, value] of Object.entries({ props: propsJson, sentJson, row: others })) {
    try {
      canonicalJson(value ?? null);
    } catch (error) {
      if (!(error instanceof MalformedValue)) throw error;
      throw new DeadLetterError('invalid', `In the ${part} as they would be stored: ${error.message}`);
    }
  }
  return JSON.parse(JSON.stringify({ id, propsJson, sentJson, ...others }));
}
