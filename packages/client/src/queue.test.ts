import { expect, test } from 'vitest';
import { MOST_QUEUED, memoryQueue } from './queue.ts';
import type { QueuedEvent } from './types.ts';

const queued = (n: number): QueuedEvent => ({
  ...{ key: `client.${n}`, eventType: 'page_viewed', at: 1_000, occurredAt: null, visitorId: null },
  fields: {},
});

test('keeps the order, and lets go of what is removed', async () => {
  const queue = memoryQueue();
  for (const n of [1, 2, 3]) expect(await queue.add(queued(n))).toBe(true);
  expect((await queue.oldest(2)).map(({ key }) => key)).toEqual(['client.1', 'client.2']);
  await queue.remove(['client.1', 'client.9']);
  expect((await queue.oldest(2)).map(({ key }) => key)).toEqual(['client.2', 'client.3']);
  await queue.clear();
  expect(await queue.size()).toBe(0);
});

test('a time that is set stays', async () => {
  const queue = memoryQueue();
  await queue.add(queued(1));
  const [first] = await queue.stamp(['client.1', 'client.9'], 500);
  expect(first?.occurredAt).toBe('1970-01-01T00:00:01.500Z');
  expect(await queue.stamp(['client.1'], 9_000)).toEqual([first]);
  // Nor does it change when the event is put in again.
  await queue.add(queued(1));
  expect(await queue.oldest(1)).toEqual([first]);
});

test('has no room without end', async () => {
  const queue = memoryQueue();
  for (let n = 0; n < MOST_QUEUED; n += 1) await queue.add(queued(n));
  expect(await queue.add(queued(MOST_QUEUED))).toBe(false);
  expect(await queue.size()).toBe(MOST_QUEUED);
});
