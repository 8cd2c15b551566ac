import type { EventRow } from '@tallymark/contract/event-row';
import type { TrackingPlan } from '@tallymark/contract/plan';
import type { LiveEvent } from '@tallymark/contract/reports/live';

/** What of a row is shown live. It holds on to none of the event's props but the page. */
export type LiveRecord = Pick<
  EventRow,
  'id' | 'eventType' | 'occurredAt' | 'receivedAt' | 'source' | 'entityType' | 'entityId' | 'visitorId'
> & { readonly page: string | null };

/** An event as it travels: the fields of a `LiveEvent`, in this order. */
type WireEvent = readonly [
  id: string,
  eventType: string,
  occurredAt: string,
  receivedAt: string,
  source: LiveEvent['source'],
  page: string | null,
  entityType: string | null,
  entityId: string | null,
  visitor: string | null,
];

const PAGE_LENGTH = 300;

export function liveRecordOf(row: EventRow, plan: TrackingPlan): LiveRecord {
  const { id, eventType, occurredAt, receivedAt, source, entityType, entityId, visitorId } = row;
  const prop = plan.types[eventType]?.report?.page;
  const page = prop === undefined ? null : row.propsJson[prop];
  return {
    id,
    eventType,
    occurredAt,
    receivedAt,
    source,
    entityType,
    entityId,
    visitorId,
    page: typeof page === 'string' ? page.slice(0, PAGE_LENGTH).toWellFormed() : null,
  };
}

/** @param tagOf what a visitor's id is shown as. */
export function writeLiveEvents(records: readonly LiveRecord[], tagOf: (visitorId: string) => string): string {
  const wire = records.map((record): WireEvent => {
    const { id, eventType, occurredAt, receivedAt, source, page, visitorId } = record;
    const visitor = visitorId === undefined ? null : tagOf(visitorId);
    return [
      id,
      eventType,
      occurredAt,
      receivedAt,
      source,
      page,
      record.entityType ?? null,
      record.entityId ?? null,
      visitor,
    ];
  });
  return JSON.stringify(wire);
}

/** The other way round. */
export function readLiveEvents(json: string): LiveEvent[] {
  const wire = JSON.parse(json) as readonly WireEvent[];
  return wire.map(([id, eventType, occurredAt, receivedAt, source, page, entityType, entityId, visitor]) => ({
    id,
    eventType,
    occurredAt,
    receivedAt,
    source,
    page,
    entityType,
    entityId,
    visitor,
  }));
}
