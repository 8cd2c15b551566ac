import { expect, test } from 'vitest';
import { requestOf, takeBatch } from './take-batch.ts';
import type { QueuedEvent } from './types.ts';

const KEEPALIVE_BYTES = 65_536;

const queued = (n: number, more: Partial<QueuedEvent> = {}): QueuedEvent => ({
  key: `client.${n}`,
  eventType: 'page_viewed',
  at: 0,
  occurredAt: '2026-11-15T12:00:00.000Z',
  visitorId: 'visitor-1',
  fields: { props: { path: '/' } },
  ...more,
});

test('takes events in order as long as one request holds them, and counts bytes, not letters', () => {
  const large = (n: number) => queued(n, { fields: { props: { message: 'ü'.repeat(9_000) } } });
  const events = [1, 2, 3, 4, 5].map(large);
  const batch = takeBatch(events);
  expect(batch.map(({ key }) => key)).toEqual(['client.1', 'client.2', 'client.3']);
  expect(new Blob([requestOf(batch)]).size).toBeLessThan(KEEPALIVE_BYTES);
});

test('takes an event that is too large alone, so that it does not hold up the others', () => {
  const huge = queued(1, { fields: { props: { message: 'x'.repeat(70_000) } } });
  expect(takeBatch([huge, queued(2)])).toEqual([huge]);
});

test('ends where another visitor begins', () => {
  const other = queued(3, { visitorId: 'visitor-2' });
  expect(takeBatch([queued(1), queued(2), other, queued(4)])).toHaveLength(2);
  expect(takeBatch([])).toEqual([]);
});

test('a request names the visitor once, and each event by its key', () => {
  const { 0: call } = JSON.parse(requestOf([queued(1), queued(2)])) as { 0: { json: unknown } };
  const event = {
    props: { path: '/' },
    eventType: 'page_viewed',
    source: 'web',
    occurredAt: '2026-11-15T12:00:00.000Z',
  };
  const events = ['client.1', 'client.2'].map((idempotencyKey) => ({ ...event, idempotencyKey }));
  expect(call.json).toEqual({ visitorId: 'visitor-1', events });
  expect(requestOf([queued(1, { visitorId: null })])).not.toContain('visitorId');
});
