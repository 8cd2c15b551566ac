import { bodyOf } from './transport.ts';
import type { QueuedEvent } from './types.ts';

/** Below the 64 KiB that a browser lets a page leave behind. An event is larger in the queue than in the request. */
const BATCH_BYTES = 60_000;

/** The first events of one visitor that fit into a request. */
export function takeBatch(events: readonly QueuedEvent[]): QueuedEvent[] {
  const batch: QueuedEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    bytes += new Blob([JSON.stringify(event)]).size;
    const fits = bytes <= BATCH_BYTES && event.visitorId === batch[0]?.visitorId;
    if (batch.length > 0 && !fits) break;
    batch.push(event);
  }
  return batch;
}

/** The body of `trackBatch` for events of one visitor. */
export function requestOf(events: readonly QueuedEvent[]): string {
  return bodyOf({
    ...(events[0]?.visitorId && { visitorId: events[0].visitorId }),
    events: events.map(({ key, eventType, occurredAt, fields }) => ({
      ...fields,
      eventType,
      source: 'web',
      occurredAt,
      idempotencyKey: key,
    })),
  });
}
