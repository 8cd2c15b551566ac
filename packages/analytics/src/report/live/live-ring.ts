import type { LiveEvent } from '@tallymark/contract/reports/live';
import type { LiveEntry } from '@tallymark/redis/live-stream';

/** An entry of the stream, read. */
export interface LiveItem extends Omit<LiveEntry, 'json'> {
  /** Counts the items of this process, whatever their ids are. */
  readonly seq: number;
  readonly events: readonly LiveEvent[];
}

/** More than a stream has entries, for those that hold no event. */
const MOST_ITEMS = 6_000;

/** The last items of a site, as many as its stream keeps: one copy for all who watch it. */
export class LiveRing {
  private readonly items: LiveItem[] = [];
  private events = 0;
  private nextSeq = 1;

  constructor(private readonly kept: number) {}

  add({ json: _json, ...entry }: LiveEntry, events: readonly LiveEvent[]): LiveItem {
    const item = { ...entry, events, seq: this.nextSeq };
    this.nextSeq += 1;
    this.items.push(item);
    this.events += item.count;
    while (this.items.length > 1 && this.tooMany()) this.events -= this.items.shift()?.count ?? 0;
    return item;
  }

  private tooMany(): boolean {
    return this.events > this.kept || this.items.length > MOST_ITEMS;
  }

  get oldest(): LiveItem | undefined {
    return this.items[0];
  }

  get newest(): LiveItem | undefined {
    return this.items.at(-1);
  }

  /** The first item behind `seq` that is still there. */
  after(seq: number): LiveItem | undefined {
    const [first] = this.items;
    return first && this.items[Math.max(0, seq + 1 - first.seq)];
  }

  /** The last item that is not behind the entry `id`. */
  upTo(id: string): LiveItem | undefined {
    return this.items.findLast((item) => !isLater(item.id, id));
  }
}

/** Whether an entry id is later than another: both numbers count, not their characters. */
export function isLater(id: string, than: string): boolean {
  const [ms = 0, n = 0] = id.split('-').map(Number);
  const [thanMs = 0, thanN = 0] = than.split('-').map(Number);
  return ms > thanMs || (ms === thanMs && n > thanN);
}

const LAST_NUMBER = 999_999_999_999_999;

/** An id behind every entry that comes before the entry `id`, and before that one. */
export function justBefore(id: string): string {
  const [ms = 0, n = 0] = id.split('-').map(Number);
  return n > 0 ? `${ms}-${n - 1}` : `${Math.max(0, ms - 1)}-${LAST_NUMBER}`;
}
