import { randomBytes } from 'node:crypto';
import type { AcceptEvent, AcceptOutcome, EventBuffer } from '@tallymark/redis/event-buffer';
import type { IngestionConfig } from './config.ts';
import { packRows } from './packed-rows.ts';
import type { AcceptableEvent, PreparedEvent } from './prepare.ts';

/** Counts of a request that were settled before the keys were looked at. */
export interface BeforeCounts {
  readonly sampled: number;
  readonly rejected: Readonly<Record<string, number>>;
}

/** What one request brings to a shard. */
export interface AcceptPart {
  readonly events: readonly PreparedEvent[];
  readonly before: BeforeCounts;
  readonly receivedAt: Date;
}

export type PartReply =
  | { readonly full: true }
  | { readonly full: false; readonly buffered: number; readonly outcomes: readonly AcceptOutcome[] };

interface Waiting extends AcceptPart {
  readonly resolve: (reply: PartReply) => void;
  readonly reject: (error: unknown) => void;
}

/** What requests may share a call up to; one that is larger goes alone. The last entry stays in Redis as the anchor. */
const MOST_EVENTS = 500;
const MOST_CHARACTERS = 65_536;
/** Requests that may wait for a shard's next calls; beyond it callers are told to come back. */
const MOST_WAITING = 5_000;

/**
 * Calls to the buffer, one at a time for each shard: requests that arrive while a call is under way share the next one.
 * Nobody waits when nothing is under way, and under load a commit of Redis to its disk serves many requests.
 */
export class AcceptQueue {
  private readonly waiting = new Map<number, Waiting[]>();
  private readonly busy = new Set<number>();

  constructor(
    private readonly buffer: EventBuffer,
    private readonly config: IngestionConfig,
  ) {}

  /** @throws when Redis did not answer; what it did with the events is unknown then. */
  accept(shard: number, part: AcceptPart): Promise<PartReply> {
    const queue = this.waiting.get(shard) ?? [];
    if (queue.length >= MOST_WAITING) return Promise.resolve({ full: true });
    this.waiting.set(shard, queue);
    return new Promise((resolve, reject) => {
      queue.push({ ...part, resolve, reject });
      if (!this.busy.has(shard)) void this.work(shard, queue);
    });
  }

  private async work(shard: number, queue: Waiting[]): Promise<void> {
    this.busy.add(shard);
    while (queue.length > 0) {
      const group = takeGroup(queue);
      try {
        const reply = await this.call(shard, group);
        let at = 0;
        for (const { events, resolve } of group) {
          resolve(reply.full ? reply : { ...reply, outcomes: reply.outcomes.slice(at, at + events.length) });
          at += events.length;
        }
      } catch (error) {
        // Who waited behind a call that failed would wait out the next time-out as well.
        for (const { reject } of [...group, ...queue.splice(0)]) reject(error);
      }
    }
    this.busy.delete(shard);
  }

  private call(shard: number, group: readonly Waiting[]) {
    const { buffer, config } = this;
    const events = group.flatMap((part) => part.events);
    const packed = packRows(events.flatMap(({ outcome }) => ('row' in outcome ? outcome.row : [])));
    const rows = packed.rows.values();
    return buffer.accept({
      shard,
      capBytes: Math.floor(config.maxBufferBytes / config.shards),
      nonce: randomBytes(9).toString('base64url'),
      receivedAtMs: Math.min(...group.map(({ receivedAt }) => receivedAt.getTime())),
      before: sumCounts(group.map(({ before }) => before)),
      shared: packed.shared,
      events: events.map((event) => toAcceptEvent(event, rows)),
    });
  }
}

function takeGroup(queue: Waiting[]): Waiting[] {
  let parts = 0;
  let count = 0;
  let characters = 0;
  for (const { events } of queue) {
    count += events.length;
    for (const { size } of events) characters += size;
    if (parts > 0 && (count > MOST_EVENTS || characters > MOST_CHARACTERS)) break;
    parts += 1;
  }
  return queue.splice(0, parts);
}

function toAcceptEvent({ outcome, dedup, comparableHash }: PreparedEvent, rows: Iterator<string>): AcceptEvent {
  const about = { dedup, payloadHash: comparableHash };
  if ('row' in outcome) {
    return { ...about, id: outcome.row.id, verdict: '', lane: outcome.lane, row: rows.next().value ?? '' };
  }
  return { ...about, id: '', verdict: verdictOf(outcome), lane: 'event', row: '' };
}

const verdictOf = (outcome: Exclude<PreparedEvent['outcome'], AcceptableEvent>) =>
  outcome.status === 'rejected' ? outcome.reason : 's';

function sumCounts(all: readonly BeforeCounts[]): BeforeCounts {
  const [only, ...more] = all;
  if (only && more.length === 0) return only;
  const rejected: Record<string, number> = {};
  let sampled = 0;
  for (const counts of all) {
    sampled += counts.sampled;
    for (const [reason, n] of Object.entries(counts.rejected)) rejected[reason] = (rejected[reason] ?? 0) + n;
  }
  return { sampled, rejected };
}
