import type { LiveEvent } from '@tallymark/contract/reports/live';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LiveCounters } from './live-counters.ts';

const START = Date.parse('2026-11-15T12:00:00.000Z');

const event = (seconds: number, more: Partial<LiveEvent> = {}): LiveEvent => {
  const at = new Date(START + seconds * 1_000).toISOString();
  return {
    id: 'id',
    eventType: 'page_viewed',
    occurredAt: at,
    receivedAt: at,
    source: 'web',
    page: null,
    entityType: null,
    entityId: null,
    visitor: null,
    ...more,
  };
};
const after = (seconds: number) => new Date(START + seconds * 1_000);

test('the second that has just passed is counted half a second later', () => {
  const counters = new LiveCounters();
  counters.add([event(0), event(0.999), event(1)]);
  expect(counters.read(after(1.4), true)).toMatchObject({ at: after(0).toISOString(), lastSecond: 0, lastMinute: 0 });
  expect(counters.read(after(1.5), true)).toMatchObject({ at: after(1).toISOString(), lastSecond: 2, lastMinute: 2 });
  expect(counters.read(after(2.5), true)).toMatchObject({ lastSecond: 1, lastMinute: 3 });
});

test('counts as a look at all events does', () => {
  const arbitraryEvent = fc.record({
    seconds: fc.integer({ min: 0, max: 4_000 }).map((tenths) => tenths / 10),
    type: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
    visitor: fc.option(fc.constantFrom('v', 'w', 'x', 'y', 'z')),
  });
  fc.assert(
    fc.property(fc.array(arbitraryEvent, { maxLength: 80, size: 'max' }), (made) => {
      const counters = new LiveCounters();
      const events = made
        .sort((a, b) => a.seconds - b.seconds)
        .map(({ seconds, type, visitor }) => event(seconds, { eventType: type, visitor }));
      let added = 0;
      for (let now = 0; now <= 720; now += 7.5) {
        for (; added < events.length; added += 1) {
          const next = events[added];
          if (!next || Date.parse(next.receivedAt) > after(now).getTime()) break;
          counters.add([next]);
        }
        expect(counters.read(after(now), true)).toMatchObject(reference(events.slice(0, added), now));
      }
    }),
    { numRuns: 40 },
  );
});

/** The same, slowly and obviously. */
function reference(events: readonly LiveEvent[], now: number) {
  const end = Math.floor(now - 0.5);
  const within = (seconds: number) =>
    events.filter(({ receivedAt }) => {
      const at = (Date.parse(receivedAt) - START) / 1_000;
      return at >= end - seconds && at < end;
    });
  const minute = within(60);
  const types = [...new Set(minute.map(({ eventType }) => eventType))].sort();
  const counts = types.map((eventType) => ({
    eventType,
    events: minute.filter((one) => one.eventType === eventType).length,
  }));
  const seen = events.filter(({ receivedAt }) => (Date.parse(receivedAt) - START) / 1_000 >= end - 300);
  return {
    lastSecond: within(1).length,
    lastMinute: minute.length,
    byType: counts.sort((a, b) => b.events - a.events).slice(0, 5),
    activeVisitors: new Set(seen.flatMap(({ visitor }) => visitor ?? [])).size,
  };
}

test('says from when on it knows', () => {
  const counters = new LiveCounters();
  expect(counters.read(after(0.5), true).since).toBe(after(-300).toISOString());
  counters.knowsSince(after(-10));
  expect(counters.read(after(0.5), true).since).toBe(after(-10).toISOString());
  expect(counters.read(after(300.5), true).since).toBe(after(0).toISOString());
});

test('forgets those seen longest ago when there are too many visitors, and says since when it counts', () => {
  const counters = new LiveCounters(2);
  counters.add([event(0, { visitor: 'a' }), event(1, { visitor: 'b' }), event(2, { visitor: 'a' })]);
  counters.add([event(3, { visitor: 'c' })]);
  expect(counters.read(after(4.5), false)).toMatchObject({
    activeVisitors: 2,
    since: after(1.001).toISOString(),
    upToDate: false,
  });
});
