import type { Prisma } from './generated/client.ts';

export type FieldType = 'uuid' | 'text' | 'smallint' | 'integer' | 'real' | 'boolean' | 'timestamptz' | 'jsonb';

export interface EventField {
  readonly column: string;
  readonly type: FieldType;
  readonly nullable: boolean;
}

const required = (column: string, type: FieldType): EventField => ({ column, type, nullable: false });
const optional = (column: string, type: FieldType): EventField => ({ column, type, nullable: true });

/** How each field of the model stands in `events`; the compiler holds this against the Prisma schema. */
export const EVENT_FIELDS: Readonly<Record<Prisma.EventScalarFieldEnum, EventField>> = {
  id: required('id', 'uuid'),
  tenantId: required('tenant_id', 'uuid'),
  siteId: required('site_id', 'uuid'),
  eventType: required('event_type', 'text'),
  schemaVersion: required('schema_version', 'smallint'),
  source: required('source', 'text'),
  service: optional('service', 'text'),
  entityType: optional('entity_type', 'text'),
  entityId: optional('entity_id', 'text'),
  actorId: optional('actor_id', 'text'),
  visitorId: optional('visitor_id', 'text'),
  sessionId: optional('session_id', 'text'),
  occurredAt: required('occurred_at', 'timestamptz'),
  receivedAt: required('received_at', 'timestamptz'),
  createdAt: required('created_at', 'timestamptz'),
  propsJson: required('props_json', 'jsonb'),
  sentJson: optional('sent_json', 'jsonb'),
  touchJson: optional('touch_json', 'jsonb'),
  userAgent: optional('user_agent', 'text'),
  clientHintsJson: optional('client_hints_json', 'jsonb'),
  ipHash: optional('ip_hash', 'text'),
  idempotencyKey: optional('idempotency_key', 'text'),
  payloadHash: optional('payload_hash', 'text'),
  correlationId: optional('correlation_id', 'text'),
  count: required('count', 'integer'),
  samplingRate: required('sampling_rate', 'real'),
  retentionExempt: required('retention_exempt', 'boolean'),
  clientVersion: optional('client_version', 'text'),
};

export type EventFieldName = Prisma.EventScalarFieldEnum;

export const EVENT_FIELD_NAMES = Object.keys(EVENT_FIELDS) as EventFieldName[];
