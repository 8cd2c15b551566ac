import { type EventEnvelope, eventEnvelope } from '@tallymark/contract/event-input';
import type { JsonObject } from '@tallymark/contract/event-row';
import type { EventTypeDefinition, TrackingPlan } from '@tallymark/contract/plan';
import { type RejectedReceipt, type RejectionReason, rejected } from '@tallymark/contract/receipt';
import type { UnprovenActor } from '@tallymark/contract/request-context';
import type { z } from 'zod';
import { canonicalJson, MalformedValue } from './canonical.ts';

/** What the four layers made of an event as it was sent. */
export interface ValidEvent {
  readonly envelope: EventEnvelope;
  readonly definition: EventTypeDefinition;
  readonly schemaVersion: number;
  readonly props: JsonObject;
  /** Version and props as sent, where the plan upcast them. */
  readonly sent: { readonly version: number; readonly props: JsonObject } | null;
  readonly entityType: string | undefined;
  readonly entityId: string | undefined;
  readonly actorId: string | undefined;
  /** The whole event as sent, for the payload hash. */
  readonly canonical: string;
}

export interface Caller {
  /** Who is signed in; null for nobody. */
  readonly userId: string | null;
  /** Server code may name an actor when nobody is signed in; a public caller may only repeat who it is. */
  readonly trusted: boolean;
  /** What becomes of an event that names somebody else; see `RequestContext`. */
  readonly unprovenActor?: UnprovenActor | undefined;
  readonly receivedAt?: Date;
}

/** Thrown inside the layers, caught at their door. */
class Rejection extends Error {
  constructor(
    readonly reason: RejectionReason,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Schema, business rules, references, props: each layer may assume what the ones before it found. Time and sampling are
 * judged later, because a known key is answered before them.
 */
export function validateEvent(plan: TrackingPlan, input: unknown, caller: Caller): ValidEvent | RejectedReceipt {
  try {
    const { envelope, canonical } = checkSchema(input);
    const { definition, schemaVersion, sentVersion } = checkBusinessRules(plan, envelope);
    const references = checkReferences(plan, definition, envelope, caller);
    const props = checkProps(definition, envelope, sentVersion);
    const sent = sentVersion === schemaVersion ? null : { version: sentVersion, props: asJson(envelope.props) };
    return { envelope, canonical, definition, schemaVersion, sent, props, ...references };
  } catch (error) {
    if (error instanceof Rejection || error instanceof MalformedValue) return rejected(error.reason, error.message);
    throw error;
  }
}

function checkSchema(input: unknown): { envelope: EventEnvelope; canonical: string } {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new Rejection('invalid_event', 'An event is an object; see the tracking plan for its fields.');
  }
  const canonical = canonicalJson(input);
  const parsed = eventEnvelope.safeParse(input);
  if (!parsed.success) throw new Rejection('invalid_event', describe(parsed.error));
  return { envelope: parsed.data, canonical };
}

function checkBusinessRules(plan: TrackingPlan, { eventType, schemaVersion: claimed }: EventEnvelope) {
  const definition = Object.hasOwn(plan.types, eventType) ? plan.types[eventType] : undefined;
  if (!definition) {
    throw new Rejection(
      'unknown_event_type',
      `The tracking plan has no event type "${eventType}"; add it or fix the name.`,
    );
  }
  const schemaVersion = definition.version ?? 1;
  const sentVersion = claimed ?? schemaVersion;
  if (sentVersion > schemaVersion || (sentVersion < schemaVersion && !definition.upcast?.[sentVersion])) {
    throw new Rejection(
      'unknown_schema_version',
      `"${eventType}" is at version ${schemaVersion}; version ${sentVersion} is not known here.`,
    );
  }
  return { definition, schemaVersion, sentVersion };
}

function checkReferences(plan: TrackingPlan, definition: EventTypeDefinition, envelope: EventEnvelope, caller: Caller) {
  const actorId = actorOf(envelope, caller);
  const entityType = envelope.entityType ?? definition.entityType;
  const entityId = envelope.entityId ?? undefined;
  if (definition.entityType !== undefined && entityType !== definition.entityType) {
    throw new Rejection(
      'invalid_entity',
      `"${envelope.eventType}" happens to a ${definition.entityType}, not a ${entityType}.`,
    );
  }
  if (definition.entityType !== undefined && entityId === undefined) {
    throw new Rejection(
      'invalid_entity',
      `"${envelope.eventType}" needs the entityId of the ${definition.entityType}.`,
    );
  }
  const format =
    entityType !== undefined && Object.hasOwn(plan.entityIds, entityType) ? plan.entityIds[entityType] : undefined;
  if (format && entityId !== undefined && !format.safeParse(entityId).success) {
    throw new Rejection('invalid_entity', `entityId does not have the format that ids of "${entityType}" have.`);
  }
  return { entityType: entityId === undefined ? undefined : entityType, entityId, actorId };
}

/** Longer than a browser gathers events before it sends them. */
const WAITED_MS = 60_000;

/** A claim only ever takes an actor away: who is signed in now has no part in what somebody else did before. */
function actorOf({ actorId, occurredAt }: EventEnvelope, caller: Caller): string | undefined {
  const claimed = actorId ?? undefined;
  // It waited on a device, where somebody may have signed in meanwhile.
  const { receivedAt } = caller;
  const waited = occurredAt && receivedAt && receivedAt.getTime() - new Date(occurredAt).getTime() > WAITED_MS;
  if (claimed === undefined && waited && caller.unprovenActor === 'leave_out') return undefined;
  const mayClaim = claimed === undefined || claimed === caller.userId || (caller.trusted && caller.userId === null);
  if (mayClaim) return caller.userId ?? claimed;
  if (caller.unprovenActor === 'leave_out') return undefined;
  throw new Rejection('actor_mismatch', 'actorId is not the signed-in user; leave it out, the session tells it.');
}

function checkProps(definition: EventTypeDefinition, envelope: EventEnvelope, sentVersion: number): JsonObject {
  let props = envelope.props;
  for (let version = sentVersion; version < (definition.version ?? 1); version += 1) {
    props = upcast(definition, version, props);
  }
  const parsed = definition.props.safeParse(props);
  if (!parsed.success) throw new Rejection('invalid_props', describe(parsed.error));
  return asJson(parsed.data);
}

/** `canonicalJson` has walked the event and found nothing in it but JSON; the schemas' types cannot tell. */
function asJson(props: Record<string, unknown>): JsonObject {
  return props as JsonObject;
}

/** An upcaster meets whatever an old client sends; one that throws on it rejects the event, not the request. */
function upcast(definition: EventTypeDefinition, version: number, props: Record<string, unknown>) {
  try {
    return definition.upcast?.[version]?.(props) ?? props;
  } catch {
    throw new Rejection('invalid_props', `The props do not fit schema version ${version}.`);
  }
}

const MOST_ISSUES = 3;

function describe(error: z.ZodError): string {
  const issues = error.issues.slice(0, MOST_ISSUES).map(({ path, message }) => {
    const where = path.map(String).join('.');
    return where === '' ? message : `${where}: ${message}`;
  });
  return issues.join('; ');
}
