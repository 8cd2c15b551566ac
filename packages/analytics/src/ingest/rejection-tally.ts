import type { Receipt } from '@tallymark/contract/receipt';
import { OTHER_TYPE, type RejectionCounts } from '@tallymark/redis/rejection-counts';
import type { Logger } from 'pino';

export interface RejectionTallyDeps {
  readonly counts: Pick<RejectionCounts, 'add'>;
  readonly log: Logger;
  /** Default 2 s. */
  readonly flushEveryMs?: number;
}

const FLUSH_EVERY_MS = 2_000;
const LONGEST_NAME = 100;
/** Names come from callers: beyond so many between two flushes, types are counted as `(other)`. */
const MOST_NAMES = 500;

/**
 * Rejected events by type and reason, to be shown beside the tracking plan. Held in memory for two seconds and then added
 * in Redis, in the background: it neither slows nor fails an ingest. A process that is killed loses those seconds; exact
 * counts, without types, are the ledger's.
 */
export class RejectionTally {
  /** By day, reason and type. */
  private days = new Map<string, Map<string, Map<string | null, number>>>();
  private names = 0;
  private timer: NodeJS.Timeout | null = null;
  private flushing: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(private readonly deps: RejectionTallyDeps) {}

  /** Counts what was rejected of a request. */
  count(inputs: readonly unknown[], receipts: readonly Receipt[], receivedAt: Date): void {
    for (let at = 0; at < receipts.length; at += 1) {
      const receipt = receipts[at];
      if (receipt?.status === 'rejected') this.add(receivedAt, receipt.reason, typeNamedBy(inputs[at]), 1);
    }
    this.later();
  }

  /** Adds what was counted. Never rejects: what cannot be added now is kept for the next time. */
  flush(): Promise<void> {
    this.flushing = this.flushing.then(() => this.send());
    return this.flushing;
  }

  /** Flushes once more, and sets no timer again. */
  close(): Promise<void> {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    return this.flush();
  }

  private add(receivedAt: Date, reason: string, eventType: string | null, events: number): void {
    const ofReason = child(child(this.days, receivedAt.toISOString().slice(0, 10)), reason);
    const isNew = !ofReason.has(eventType);
    const name = isNew && this.names >= MOST_NAMES ? OTHER_TYPE : eventType;
    if (!ofReason.has(name)) this.names += 1;
    ofReason.set(name, (ofReason.get(name) ?? 0) + events);
  }

  private later(): void {
    if (this.timer || this.closed || this.days.size === 0) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.flush();
    }, this.deps.flushEveryMs ?? FLUSH_EVERY_MS);
    this.timer.unref();
  }

  private async send(): Promise<void> {
    const { days } = this;
    this.days = new Map();
    this.names = 0;
    for (const [day, reasons] of days) {
      const counts = [...reasons].flatMap(([reason, types]) =>
        [...types].map(([eventType, events]) => ({ eventType, reason, events })),
      );
      try {
        await this.deps.counts.add(day, counts);
      } catch (error) {
        for (const { eventType, reason, events } of counts) this.add(new Date(day), reason, eventType, events);
        this.deps.log.warn(
          { err: error },
          'rejected events could not be counted by type; they are kept for the next time',
        );
      }
    }
    this.later();
  }
}

/** Whatever was sent instead of an event, and however it behaves. */
function typeNamedBy(input: unknown): string | null {
  try {
    if (typeof input !== 'object' || input === null || !('eventType' in input)) return null;
    const { eventType } = input;
    return typeof eventType === 'string' && eventType !== '' ? eventType.toWellFormed().slice(0, LONGEST_NAME) : null;
  } catch {
    return null;
  }
}

function child<Key, InnerKey, Value>(parent: Map<Key, Map<InnerKey, Value>>, key: Key): Map<InnerKey, Value> {
  const known = parent.get(key);
  if (known) return known;
  const made = new Map<InnerKey, Value>();
  parent.set(key, made);
  return made;
}
