import type { LiveCounters as Counters, LiveEvent } from '@tallymark/contract/reports/live';

const SECOND_MS = 1_000;
const SECONDS_COUNTED = 60;
const VISITORS_MS = 5 * 60_000;
/** Events of a second arrive for a while after it: other processes gather them first. */
const GRACE_MS = 500;
const TOP_TYPES = 5;
const MOST_VISITORS = 200_000;

/** The events of a site by second of their receipt, and when each visitor was last seen. */
export class LiveCounters {
  /** By second since 1970, then by event type. */
  private readonly seconds = new Map<number, Map<string, number>>();
  /** Milliseconds since 1970 by visitor, those seen last at the end. */
  private readonly visitors = new Map<string, number>();
  private since = Number.NEGATIVE_INFINITY;

  constructor(private readonly mostVisitors = MOST_VISITORS) {}

  add(events: readonly LiveEvent[]): void {
    for (const { receivedAt, eventType, visitor } of events) {
      const ms = Date.parse(receivedAt);
      const second = Math.floor(ms / SECOND_MS);
      const types = this.seconds.get(second) ?? new Map<string, number>();
      this.seconds.set(second, types.set(eventType, (types.get(eventType) ?? 0) + 1));
      if (visitor !== null) this.see(visitor, ms);
    }
  }

  /** What happened before is not known, or not all of it. */
  knowsSince(time: Date): void {
    this.since = Math.max(this.since, time.getTime());
  }

  /** As of `now`, and of what was added so far. */
  read(now: Date, upToDate: boolean): Counters {
    const end = Math.floor((now.getTime() - GRACE_MS) / SECOND_MS);
    const at = end * SECOND_MS;
    this.forget(end);
    const byType = new Map<string, number>();
    let lastMinute = 0;
    let lastSecond = 0;
    for (const [second, types] of this.seconds) {
      if (second >= end) continue;
      for (const [eventType, events] of types) {
        byType.set(eventType, (byType.get(eventType) ?? 0) + events);
        lastMinute += events;
        if (second === end - 1) lastSecond += events;
      }
    }
    const top = [...byType].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, TOP_TYPES);
    return {
      kind: 'counters',
      at: new Date(at).toISOString(),
      lastSecond,
      lastMinute,
      byType: top.map(([eventType, events]) => ({ eventType, events })),
      activeVisitors: this.visitors.size,
      since: new Date(Math.max(this.since, at - VISITORS_MS)).toISOString(),
      upToDate,
    };
  }

  private see(visitor: string, ms: number): void {
    const before = this.visitors.get(visitor) ?? ms;
    this.visitors.delete(visitor);
    this.visitors.set(visitor, Math.max(before, ms));
    if (this.visitors.size <= this.mostVisitors) return;
    for (const [longestAgo, seen] of this.visitors) {
      this.visitors.delete(longestAgo);
      this.since = Math.max(this.since, seen + 1);
      return;
    }
  }

  private forget(end: number): void {
    for (const second of this.seconds.keys()) if (second < end - SECONDS_COUNTED) this.seconds.delete(second);
    const oldest = end * SECOND_MS - VISITORS_MS;
    for (const [visitor, seen] of this.visitors) if (seen < oldest) this.visitors.delete(visitor);
  }
}
