import type { Receipt } from '@tallymark/contract/receipt';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { addRates, type RateCount } from '@tallymark/prisma/stores/deduplication-rates';
import type { Logger } from 'pino';

/** What the tally needs to know of an event: its row, where it came so far. */
export interface TalliedEvent {
  readonly outcome:
    | { readonly row: { readonly siteId: string; readonly eventType: string; readonly clientVersion?: string } }
    | { readonly status: string };
}

export interface RateTallyDeps {
  readonly store: SqlExecutor;
  readonly log: Logger;
  /** Default 5 s. */
  readonly flushEveryMs?: number;
}

interface Count {
  accepted: number;
  duplicates: number;
}

/** Client version, then event type, then site: of one request, most events share the innermost. */
type CountsOfHour = Map<string, Map<string, Map<string, Count>>>;

const FLUSH_EVERY_MS = 5_000;
const MS_PER_HOUR = 3_600_000;
/** Beyond this many keys an event type is counted as `(other)`, and beyond twice as many nothing new is. */
const MOST_KEYS = 4_000;
export const OTHER_TYPE = '(other)';
/** A version comes from the caller: a longer one is none, and one with a NUL Postgres would refuse with all the rest. */
const LONGEST_VERSION = 100;

/**
 * Accepted events and repeats by hour, site, type and client version, for the duplicate rate. Held in memory for a few
 * seconds and then added to Postgres, in the background: it neither slows nor fails an ingest. A process that is killed
 * loses those seconds; exact counts are the ledger's.
 */
export class RateTally {
  private readonly hours = new Map<number, CountsOfHour>();
  private keys = 0;
  private timer: NodeJS.Timeout | null = null;
  private flushing: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(private readonly deps: RateTallyDeps) {}

  /**
   * Counts receipts of one request. One that was settled before its row was made tells no site, and is left out; so are
   * repeats where they are the sender's way to be sure.
   */
  count(events: readonly TalliedEvent[], receipts: readonly Receipt[], receivedAt: Date, repeatsCount = true): void {
    const hour = Math.floor(receivedAt.getTime() / MS_PER_HOUR);
    for (let at = 0; at < receipts.length; at++) {
      const status = receipts[at]?.status;
      if (status !== 'accepted' && !(status === 'duplicate' && repeatsCount)) continue;
      const outcome = events[at]?.outcome;
      if (!outcome || !('row' in outcome)) continue;
      const { siteId, eventType, clientVersion = '' } = outcome.row;
      const count = this.countOf(hour, siteId, eventType, clientVersion);
      if (!count) continue;
      if (status === 'accepted') count.accepted += 1;
      else count.duplicates += 1;
    }
    if (this.timer === null && this.keys > 0 && !this.closed) this.flushLater();
  }

  /** Adds what was counted to Postgres. Never rejects: what cannot be added now is kept for the next time. */
  flush(): Promise<void> {
    this.flushing = this.flushing.then(() => this.add());
    return this.flushing;
  }

  /** Flushes once more, and sets no timer again. */
  close(): Promise<void> {
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    return this.flush();
  }

  private countOf(hour: number, siteId: string, eventType: string, clientVersion: string): Count | null {
    const known = this.hours.get(hour)?.get(clientVersion)?.get(eventType)?.get(siteId);
    if (known) return known;
    if (this.keys >= 2 * MOST_KEYS) return null;
    if (this.keys >= MOST_KEYS && eventType !== OTHER_TYPE) return this.countOf(hour, siteId, OTHER_TYPE, '');
    if (clientVersion.length > LONGEST_VERSION || clientVersion.includes('\0')) {
      return this.countOf(hour, siteId, eventType, '');
    }
    const count = { accepted: 0, duplicates: 0 };
    const ofHour = child(this.hours, hour, newMap<string, Map<string, Map<string, Count>>>);
    const ofVersion = child(ofHour, clientVersion, newMap<string, Map<string, Count>>);
    child(ofVersion, eventType, newMap<string, Count>).set(siteId, count);
    this.keys += 1;
    return count;
  }

  private flushLater(): void {
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.flush();
    }, this.deps.flushEveryMs ?? FLUSH_EVERY_MS);
    this.timer.unref();
  }

  private async add(): Promise<void> {
    const counts = this.takeAll();
    if (counts.length === 0) return;
    try {
      await addRates(this.deps.store, counts);
    } catch (error) {
      for (const { hour, siteId, eventType, clientVersion, accepted, duplicates } of counts) {
        const count = this.countOf(hour.getTime() / MS_PER_HOUR, siteId, eventType, clientVersion);
        if (!count) continue;
        count.accepted += accepted;
        count.duplicates += duplicates;
      }
      this.deps.log.warn({ err: error }, 'duplicate rates could not be added; they are kept for the next time');
      if (this.timer === null && !this.closed) this.flushLater();
    }
  }

  private takeAll(): RateCount[] {
    const counts: RateCount[] = [];
    for (const [hour, versions] of this.hours)
      for (const [clientVersion, types] of versions)
        for (const [eventType, sites] of types)
          for (const [siteId, count] of sites) {
            counts.push({ hour: new Date(hour * MS_PER_HOUR), siteId, eventType, clientVersion, ...count });
          }
    this.hours.clear();
    this.keys = 0;
    return counts;
  }
}

const newMap = <Key, Value>() => new Map<Key, Value>();

function child<Key, Value>(parent: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = parent.get(key);
  if (known !== undefined) return known;
  const made = make();
  parent.set(key, made);
  return made;
}
