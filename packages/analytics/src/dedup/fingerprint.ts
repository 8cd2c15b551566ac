import { hash } from 'node:crypto';

/** What makes two events without an idempotency key look the same. */
export interface FingerprintFields {
  readonly tenantId?: string | undefined;
  readonly siteId?: string | undefined;
  readonly eventType: string;
  readonly actorId?: string | undefined;
  /** Stands in for the actor of events nobody is signed in for. */
  readonly visitorId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly entityId?: string | undefined;
  readonly occurredAt: Date | string;
}

/** SHA-256, hexadecimal, over type, actor, session, entity and the time rounded down to the second. */
export function generateFingerprint(fields: FingerprintFields): string {
  const second = Math.floor(new Date(fields.occurredAt).getTime() / 1_000);
  // JSON keeps ["a", "b"] apart from ["a,b"] and null from "null".
  const parts = [
    fields.tenantId ?? null,
    fields.siteId ?? null,
    fields.eventType,
    fields.actorId ?? null,
    fields.visitorId ?? null,
    fields.sessionId ?? null,
    fields.entityId ?? null,
    second,
  ];
  return hash('sha256', JSON.stringify(parts), 'hex');
}
