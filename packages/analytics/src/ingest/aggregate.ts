import type { EventRow } from '@tallymark/contract/event-row';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';

const MINUTE_MS = 60_000;

/**
 * Rows for events of aggregated types: those of one visitor, session, type and props within one minute become one row
 * with their `count`, under an id of its own. A minute that is spread over several flushes has several rows.
 */
export function aggregateRows(events: readonly EventRow[]): EventRow[] {
  const groups = new Map<string, EventRow[]>();
  for (const event of events) {
    const key = groupKey(event);
    const group = groups.get(key);
    if (group) group.push(event);
    else groups.set(key, [event]);
  }
  return [...groups.values()].map(foldGroup);
}

function groupKey(event: EventRow): string {
  return JSON.stringify([
    event.tenantId,
    event.siteId,
    event.eventType,
    event.schemaVersion,
    event.source,
    event.entityType ?? null,
    event.retentionExempt ?? false,
    event.touchJson ?? null,
    event.sentJson ?? null,
    event.visitorId ?? null,
    event.sessionId ?? null,
    event.actorId ?? null,
    event.service ?? null,
    event.entityId ?? null,
    event.samplingRate,
    Math.floor(Date.parse(event.occurredAt) / MINUTE_MS),
    event.propsJson,
  ]);
}

function foldGroup(group: EventRow[]): EventRow {
  const first = group.reduce((earliest, event) => (event.occurredAt < earliest.occurredAt ? event : earliest));
  const { idempotencyKey: _key, ...row } = first;
  return { ...row, id: uuidV7(Date.parse(first.occurredAt)), count: group.length };
}
