import { bodyOf } from './transport.ts';
import type { QueuedEvent } from './types.ts';

/** Below the 64 KiB that a browser lets a page leave behind. An event is larger in the queue than in the request. */
export const BATCH_BYTES = 60_000;

export const bytesOf = (event: QueuedEvent) => new Blob([JSON.stringify(event)]).size;

/** The first events of one visitor that fit into a request. */
export function takeBatch(events: readonly QueuedEvent[]): QueuedEvent[] {
  const batch: QueuedEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    bytes += bytesOf(event);
    const fits = bytes <= BATCH_BYTES && event.visitorId === batch[0]?.visitorId;
    if (batch.length > 0 && !fits) break;
    batch.push(event);
  }
  return batch;
}

/**
 * The body of `trackBatch` for events of one visitor. Whoever an event names may have signed out while it waited: it is the
 * visitor's then, and nobody else's.
 */
export function requestOf(events: readonly QueuedEvent[]): string {
  return bodyOf({
    ...(events[0]?.visitorId && { visitorId: events[0].visitorId }),
    ...(events.some(({ fields }) => fields.actorId) && { unprovenActor: 'leave_out' }),
    events: events.map(({ key, eventType, occurredAt, fields }) => ({
      ...fields,
      eventType,
      source: 'web',
      occurredAt,
      idempotencyKey: key,
    })),
  });
}
