import { ACCEPT, ENTRY_VERSION, READ, TRIM, USAGE } from './buffer-scripts.ts';
import type { RedisClient } from './connect.ts';
import { anchorKeyOf, dedupKeyOf, streamKeyOf } from './keys.ts';

/** How far a shard is flushed: id and nonce of the last committed entry. `0-0` and an empty nonce before the first. */
export interface BufferPosition {
  readonly entryId: string;
  readonly nonce: string;
}

/** One event of an accept call. */
export interface AcceptEvent {
  readonly id: string;
  /** Remembered for `ttlSeconds`; an event whose key is known is a repeat. */
  readonly dedup: { readonly key: string; readonly ttlSeconds: number } | null;
  /** Compared with the hash under the key; empty where any repeat is a duplicate. */
  readonly payloadHash: string;
  /** What becomes of the event unless its key is known: empty to accept, `s` sampled, else the rejection reason. */
  readonly verdict: string;
  readonly lane: 'event' | 'aggregate';
  /** The row as JSON; empty unless the verdict is to accept. */
  readonly row: string;
}

export interface AcceptRequest {
  readonly shard: number;
  readonly capBytes: number;
  readonly nonce: string;
  readonly receivedAtMs: number;
  readonly events: readonly AcceptEvent[];
  /** What all rows have in common and therefore leave out, as a JSON object. */
  readonly shared?: string;
  /** Events of the same request that never got this far, counted into the same ledger entry. */
  readonly before: { readonly sampled: number; readonly rejected: Readonly<Record<string, number>> };
}

export type AcceptOutcome =
  | { readonly status: 'accepted' | 'sampled' | 'rejected' }
  | { readonly status: 'duplicate' | 'conflict'; readonly id: string };

export type AcceptReply =
  | { readonly full: true; readonly usedBytes: number }
  | { readonly full: false; readonly buffered: number; readonly outcomes: readonly AcceptOutcome[] };

/** Ledger columns of one entry or of a stretch of entries. */
export interface BufferTotals {
  readonly bytes: number;
  readonly accepted: number;
  readonly received: number;
  readonly duplicates: number;
  readonly sampled: number;
  readonly rejected: number;
}

export interface BufferEntry {
  readonly id: string;
  readonly nonce: string;
  readonly receivedAtMs: number;
  readonly totals: BufferTotals;
  readonly rejectedByReason: Readonly<Record<string, number>>;
  /** JSON object of what the rows have in common, empty string for nothing. */
  readonly shared: string;
  /** JSON arrays of rows, empty string for none. */
  readonly rows: string;
  readonly aggregates: string;
}

export interface BufferUsage {
  readonly pending: BufferTotals;
  readonly rejectedByReason: Readonly<Record<string, number>>;
  readonly oldestReceivedAtMs: number | null;
  /** The first entry behind the position, null when there is none. */
  readonly oldestId: string | null;
  readonly tailId: string;
}

/** An entry written by a newer version. The shard waits for an upgrade; nothing is dropped. */
export class UnknownEntryVersion extends Error {
  override readonly name = 'UnknownEntryVersion';
  constructor(shard: number, entryId: string, version: string) {
    super(
      `Buffer entry ${entryId} of shard ${shard} has layout version "${version}", this process knows "${ENTRY_VERSION}". ` +
        'Upgrade the process that flushes; the shard waits until then.',
    );
  }
}

type Scripts = {
  [Name in 'tmAccept' | 'tmRead' | 'tmTrim' | 'tmUsage']: (keys: number, ...args: string[]) => Promise<unknown>;
};

/** The buffer of accepted events: one Redis stream a shard. Every method is one round trip. */
export class EventBuffer {
  private readonly scripts: Scripts;

  constructor(redis: RedisClient) {
    for (const [name, lua] of Object.entries({ tmAccept: ACCEPT, tmRead: READ, tmTrim: TRIM, tmUsage: USAGE })) {
      redis.defineCommand(name, { lua });
    }
    // defineCommand adds methods at run time, which the client's type cannot know.
    this.scripts = redis as unknown as Scripts;
  }

  /** @throws when Redis is away or refuses; the outcome is unknown then. */
  async accept(request: AcceptRequest): Promise<AcceptReply> {
    const keys = shardKeys(request.shard);
    const args = [
      String(request.capBytes),
      request.nonce,
      String(request.receivedAtMs),
      Object.keys(request.before.rejected).length > 0 ? JSON.stringify(request.before.rejected) : '',
      String(Object.values(request.before.rejected).reduce((sum, n) => sum + n, 0)),
      String(request.before.sampled),
      request.shared ?? '',
    ];
    for (const event of request.events) {
      if (event.dedup) keys.push(dedupKeyOf(request.shard, event.dedup.key));
      args.push(
        event.dedup ? String(event.dedup.ttlSeconds) : '',
        `${event.id} ${event.payloadHash}`,
        `${event.lane === 'aggregate' ? 'a' : 'e'}${event.verdict}`,
        event.row,
      );
    }
    const [status, number, ...results] = (await this.scripts.tmAccept(keys.length, ...keys, ...args)) as [
      string,
      number,
      ...string[],
    ];
    if (status === 'full') return { full: true, usedBytes: number };
    return { full: false, buffered: number, outcomes: results.map(parseOutcome) };
  }

  /**
   * Entries behind the position, at least one if there is any, up to about `maxEvents` events and `maxBytes` bytes.
   * @throws UnknownEntryVersion when the first of them is of a newer version.
   */
  async read(
    shard: number,
    after: BufferPosition,
    limit: { maxEvents: number; maxBytes: number },
  ): Promise<{ replaced: boolean; entries: BufferEntry[] }> {
    const [replaced, ...raw] = (await this.scripts.tmRead(
      1,
      streamKeyOf(shard),
      after.entryId,
      after.nonce,
      String(limit.maxEvents),
      String(limit.maxBytes),
    )) as [string, ...[string, string[]][]];
    const newer = raw.findIndex(([, flat]) => fieldsOf(flat).get('v') !== ENTRY_VERSION);
    // What lies before the entry of a newer version can go on.
    const known = newer > 0 ? raw.slice(0, newer) : raw;
    return { replaced: replaced === '1', entries: known.map((entry) => parseEntry(shard, entry)) };
  }

  /** Drops what lies before the committed position. False when the stream no longer holds that entry. */
  async trim(shard: number, committed: BufferPosition): Promise<boolean> {
    return (await this.scripts.tmTrim(2, ...shardKeys(shard), committed.entryId, committed.nonce)) === 1;
  }

  /** What lies behind the position; `moved` when a flush has gone past it meanwhile, unless `asIs`. */
  async usage(shard: number, after: BufferPosition, asIs = false): Promise<BufferUsage | 'moved'> {
    const reply = (await this.scripts.tmUsage(
      2,
      ...shardKeys(shard),
      after.entryId,
      after.nonce,
      asIs ? '1' : '0',
    )) as ['ok' | 'moved', ...string[]];
    if (reply[0] === 'moved') return 'moved';
    const [, totals = '', reasons = '', baseReasons = '', oldest = '', oldestId = '', tailId = '0-0'] = reply;
    return {
      pending: parseTotals(totals),
      rejectedByReason: subtract(parseReasons(reasons), parseReasons(baseReasons)),
      oldestReceivedAtMs: oldest === '' ? null : Number(oldest),
      oldestId: oldestId === '' ? null : oldestId,
      tailId,
    };
  }
}

const shardKeys = (shard: number) => [streamKeyOf(shard), anchorKeyOf(shard)];

function parseOutcome(code: string): AcceptOutcome {
  switch (code[0]) {
    case 'a':
      return { status: 'accepted' };
    case 's':
      return { status: 'sampled' };
    case 'd':
      return { status: 'duplicate', id: code.slice(1) };
    case 'c':
      return { status: 'conflict', id: code.slice(1) };
    default:
      return { status: 'rejected' };
  }
}

function fieldsOf(flat: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (let i = 0; i < flat.length; i += 2) fields.set(flat[i] ?? '', flat[i + 1] ?? '');
  return fields;
}

function parseEntry(shard: number, [id, flat]: [string, string[]]): BufferEntry {
  const fields = fieldsOf(flat);
  const version = fields.get('v') ?? '';
  if (version !== ENTRY_VERSION) throw new UnknownEntryVersion(shard, id, version);
  return {
    id,
    nonce: fields.get('n') ?? '',
    receivedAtMs: Number(fields.get('t')),
    totals: parseTotals(fields.get('d') ?? ''),
    rejectedByReason: parseReasons(fields.get('r') ?? ''),
    shared: fields.get('s') ?? '',
    rows: fields.get('e') ?? '',
    aggregates: fields.get('a') ?? '',
  };
}

function parseTotals(csv: string): BufferTotals {
  const [bytes = 0, accepted = 0, received = 0, duplicates = 0, sampled = 0, rejected = 0] = csv.split(',').map(Number);
  return { bytes, accepted, received, duplicates, sampled, rejected };
}

const parseReasons = (json: string): Record<string, number> => (json === '' ? {} : JSON.parse(json));

function subtract(totals: Record<string, number>, base: Record<string, number>): Record<string, number> {
  const entries = Object.entries(totals).map(([reason, n]) => [reason, n - (base[reason] ?? 0)] as const);
  return Object.fromEntries(entries.filter(([, n]) => n !== 0));
}
