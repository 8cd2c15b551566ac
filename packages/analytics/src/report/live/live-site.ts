import type { LiveCounters as Counters } from '@tallymark/contract/reports/live';
import type { LiveEntry } from '@tallymark/redis/live-stream';
import { LiveCounters } from './live-counters.ts';
import { missedBefore, positionOf } from './live-position.ts';
import { isLater, type LiveItem, LiveRing } from './live-ring.ts';
import { readLiveEvents } from './live-wire.ts';

export interface LiveSiteOptions {
  /** What the stream held when it was opened; one entry at least. */
  readonly entries: readonly LiveEntry[];
  /** Events the stream keeps. */
  readonly kept: number;
  readonly now: () => Date;
}

/** What is known of a site while somebody watches it: read once, for all of them. */
export class LiveSite {
  readonly ring: LiveRing;
  /** Readers there are. */
  watchers = 0;
  /** Of the last tick, the same for all readers. */
  counted: { readonly tick: number; readonly counters: Counters };
  newest: LiveItem;
  private readonly counters = new LiveCounters();
  private readonly waiting = new Set<() => void>();
  private upToDate = true;

  constructor(private readonly options: LiveSiteOptions) {
    const [first, ...more] = options.entries;
    if (!first) throw new Error('A live stream has one entry at least.');
    this.ring = new LiveRing(options.kept);
    this.newest = this.addOne(first);
    const known = [first, ...more].find(({ count }) => count > 0);
    this.add(more);
    const [event] = known ? readLiveEvents(known.json) : [];
    this.counters.knowsSince(event ? new Date(event.receivedAt) : options.now());
    this.counted = { tick: 0, counters: this.counters.read(options.now(), true) };
  }

  /** Takes entries in, in their order. */
  add(entries: readonly LiveEntry[]): void {
    for (const entry of entries) {
      const before = positionOf(this.newest);
      this.newest = this.addOne(entry);
      if (missedBefore(before, this.newest) !== 0) this.counters.knowsSince(this.options.now());
    }
    this.wake();
  }

  /** What the stream holds now, once it can be read again: it may be another one than before. */
  takeUp(entries: readonly LiveEntry[]): void {
    const { id, life } = this.newest;
    this.add(entries.filter((entry) => entry.life !== life || isLater(entry.id, id)));
  }

  tick(upToDate: boolean): void {
    this.upToDate = upToDate;
    this.counted = { tick: this.counted.tick + 1, counters: this.counters.read(this.options.now(), this.upToDate) };
    this.wake();
  }

  /** Until something is there that was not, or the signal aborts. */
  changed(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  wake(): void {
    for (const resume of [...this.waiting]) resume();
  }

  private addOne(entry: LiveEntry): LiveItem {
    const events = readLiveEvents(entry.json);
    this.counters.add(events);
    return this.ring.add(entry, events);
  }
}
