import type { EventSource } from './event-input.ts';

/** JSON as a row holds it. */
export type JsonValue = string | number | boolean | readonly (JsonValue | null)[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | null | undefined;
}

/**
 * One row of `events` as it travels through the buffer: JSON-ready, field names of the Prisma model, times as ISO 8601
 * UTC with milliseconds. `createdAt` is Postgres's to set.
 */
export interface EventRow {
  /** UUIDv7 whose time is `occurredAt`. */
  readonly id: string;
  readonly tenantId: string;
  readonly siteId: string;
  readonly eventType: string;
  readonly schemaVersion: number;
  readonly source: EventSource;
  readonly service?: string;
  readonly entityType?: string;
  readonly entityId?: string;
  readonly actorId?: string;
  readonly visitorId?: string;
  readonly sessionId?: string;
  readonly occurredAt: string;
  readonly receivedAt: string;
  readonly propsJson: JsonObject;
  readonly sentJson?: JsonObject;
  readonly touchJson?: JsonObject;
  readonly userAgent?: string;
  readonly clientHintsJson?: JsonObject;
  readonly ipHash?: string;
  readonly idempotencyKey?: string;
  readonly payloadHash: string;
  readonly correlationId?: string;
  /** The tracking client that sent it, such as `web/1.2.0`. */
  readonly clientVersion?: string;
  readonly count?: number;
  /** Per cent, above 0. */
  readonly samplingRate: number;
  readonly retentionExempt?: boolean;
}
