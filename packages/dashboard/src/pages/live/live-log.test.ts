import type { LiveCounters, LiveEvent, LiveMessage } from '@tallymark/contract/reports/live';
import { describe, expect, it } from 'vitest';
import { EMPTY_LOG, heard, LINES_KEPT, resumed, SECONDS_KEPT } from './live-log.ts';

const START = Date.parse('2026-11-15T12:00:00.000Z');

describe('the log of a live stream', () => {
  it('has the newest event first, whatever messages they came in', () => {
    const log = heard(heard(EMPTY_LOG, [events('a', 'b')]), [events('c'), events('d')]);
    expect(idsOf(log)).toEqual(['d', 'c', 'b', 'a']);
  });

  it('shows gaps and returns where they were, and gives every line a key of its own', () => {
    const log = heard(resumed(heard(EMPTY_LOG, [events('a'), { kind: 'gap', missed: null }]), 2_000), [
      { kind: 'dropped', events: 7 },
      events('b'),
    ]);
    expect(log.lines.map(({ kind }) => kind)).toEqual(['event', 'gap', 'resumed', 'gap', 'event']);
    expect(log.lines[1]).toMatchObject({ missed: 7, slow: true });
    expect(log.lines[3]).toMatchObject({ missed: null, slow: false });
    expect(new Set(log.lines.map(({ key }) => key)).size).toBe(5);
    expect(log.told).toBe(5);
  });

  it('keeps so many lines, and tells of more', () => {
    const ids = Array.from({ length: LINES_KEPT + 3 }, (_, n) => String(n));
    const log = heard(EMPTY_LOG, [events(...ids)]);
    expect(log.lines).toHaveLength(LINES_KEPT);
    expect(idsOf(log)[0]).toBe(String(LINES_KEPT + 2));
    expect(log.told).toBe(LINES_KEPT + 3);
  });

  it('has seconds of the last minutes, and holes where nobody knows', () => {
    const log = heard(EMPTY_LOG, [
      counters(0, 4),
      counters(1, 9, false),
      counters(2, 5),
      counters(SECONDS_KEPT + 1, 6),
    ]);
    expect(log.seconds).toEqual([
      { at: START + 2_000, events: 5 },
      { at: START + (SECONDS_KEPT + 1) * 1_000, events: 6 },
    ]);
    expect(log.counters?.lastSecond).toBe(6);
  });

  it('counts a second once that is told again after a return', () => {
    expect(heard(EMPTY_LOG, [counters(1, 4), counters(1, 4)]).seconds).toHaveLength(1);
  });
});

const idsOf = ({ lines }: ReturnType<typeof heard>) =>
  lines.flatMap((line) => (line.kind === 'event' ? line.event.id : []));

function events(...ids: string[]): LiveMessage {
  const time = new Date(START).toISOString();
  const event = (id: string): LiveEvent => ({
    id,
    eventType: 'page_viewed',
    occurredAt: time,
    receivedAt: time,
    source: 'web',
    page: '/',
    entityType: null,
    entityId: null,
    visitor: null,
  });
  return { kind: 'events', events: ids.map(event) };
}

function counters(second: number, lastSecond: number, upToDate = true): LiveCounters {
  const at = new Date(START + second * 1_000).toISOString();
  return { kind: 'counters', at, lastSecond, lastMinute: 0, byType: [], activeVisitors: 0, since: at, upToDate };
}
