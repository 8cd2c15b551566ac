import { randomBytes } from 'node:crypto';
import { type RedisClient, redisReady } from './connect.ts';
import { liveKeyOf, siteOfLiveKey } from './keys.ts';
import { APPEND, LIVE_VERSION } from './live-scripts.ts';

/** Events a site's stream keeps. */
export const LIVE_EVENTS_KEPT = 10_000;
const ENTRIES_KEPT = 5_000;
/** A stream lives on for so long after its last event, and after anybody watched it. */
export const LIVE_TTL_SECONDS = 600;
const ENTRIES_AT_ONCE = 100;
/** How long a read may wait at most. */
const LONGEST_WAIT_MS = 1_000;
/** From then on a read that got no answer counts as failed. */
const READ_TIMEOUT_MS = LONGEST_WAIT_MS + 2_000;

export interface LiveEntry {
  /** Redis's, such as `1763208000000-0`. */
  readonly id: string;
  /** Another one than of the entry before: the stream was gone meanwhile, and what it held with it. */
  readonly life: string;
  /** Events in `json`. */
  readonly count: number;
  /** Events that were left out before these. */
  readonly lost: number;
  /** Of both, since the life began, this entry included. */
  readonly total: number;
  /** A JSON array; of a layout that this version does not know, empty. */
  readonly json: string;
}

/** What goes into a site's stream. */
export interface LiveAppend {
  /** A JSON array of `count` events. */
  readonly json: string;
  readonly count: number;
  /** Events that were left out since the last entry. */
  readonly lost: number;
}

interface Scripts {
  tmLiveAppend(keys: 1, ...args: (string | number)[]): Promise<unknown>;
}

/** The events of the last moments, a capped stream for each site. */
export class LiveStream {
  private readonly scripts: Scripts;

  constructor(
    private readonly redis: RedisClient,
    private readonly kept: number = LIVE_EVENTS_KEPT,
  ) {
    redis.defineCommand('tmLiveAppend', { lua: APPEND });
    // defineCommand adds methods at run time, which the client's type cannot know.
    this.scripts = redis as unknown as Scripts;
  }

  /** Whether Redis takes commands, as far as this process can tell. */
  get ready(): boolean {
    return this.redis.status === 'ready';
  }

  /** @throws when Redis is away; whether the entry was appended is unknown then. */
  async append(siteId: string, { json, count, lost }: LiveAppend): Promise<void> {
    const life = randomBytes(6).toString('base64url');
    const key = liveKeyOf(siteId);
    const limits = [this.kept, ENTRIES_KEPT, LIVE_TTL_SECONDS];
    await this.scripts.tmLiveAppend(1, key, LIVE_VERSION, life, count, lost, json, ...limits);
  }

  /** All that the stream holds, at least one entry: where there is no stream, it begins here. @throws when Redis is away. */
  async open(siteId: string): Promise<LiveEntry[]> {
    await this.keep(siteId);
    return (await this.redis.xrange(liveKeyOf(siteId), '-', '+')).map(parseEntry);
  }

  /** Lets the stream live on; begins it where there is none. @throws when Redis is away. */
  keep(siteId: string): Promise<void> {
    return this.append(siteId, { json: '[]', count: 0, lost: 0 });
  }

  /** A connection of its own that waits for entries. */
  reader(): LiveStreamReader {
    return new LiveStreamReader(this.redis);
  }
}

/** Waits for new entries of any number of streams, with one command at a time. Close it. */
export class LiveStreamReader {
  private readonly redis: RedisClient;

  constructor(redis: RedisClient) {
    const connectionName = `${redis.options.connectionName ?? 'tallymark'}-live`;
    this.redis = redis.duplicate({ commandTimeout: READ_TIMEOUT_MS, connectionName });
    // Without a listener every failed reconnect would be an unhandled 'error' event.
    this.redis.on('error', () => {});
  }

  /**
   * Entries behind the given ones, by site; none when `waitMs`, a second at most, pass without any.
   *
   * @throws when Redis does not answer.
   */
  async read(after: ReadonlyMap<string, string>, waitMs: number): Promise<ReadonlyMap<string, readonly LiveEntry[]>> {
    const wait = Math.min(waitMs, LONGEST_WAIT_MS);
    try {
      if (!(await redisReady(this.redis, wait))) throw new Error('Redis is away.');
      const positions = [...[...after.keys()].map(liveKeyOf), ...after.values()];
      const reply = await this.redis.xread('COUNT', ENTRIES_AT_ONCE, 'BLOCK', wait, 'STREAMS', ...positions);
      return new Map((reply ?? []).map(([key, entries]) => [siteOfLiveKey(key), entries.map(parseEntry)]));
    } catch (error) {
      // One that has not answered may never do so.
      if (this.redis.status === 'ready') this.redis.disconnect(true);
      throw error;
    }
  }

  close(): void {
    this.redis.disconnect();
  }
}

function parseEntry([id, flat]: [string, string[]]): LiveEntry {
  const fields = new Map<string, string>();
  for (let at = 0; at < flat.length; at += 2) fields.set(flat[at] ?? '', flat[at + 1] ?? '');
  const number = (name: string) => Number(fields.get(name) ?? 0);
  const about = { id, life: fields.get('l') ?? '', total: number('c') };
  const known = fields.get('v') === LIVE_VERSION;
  if (!known) return { ...about, count: 0, lost: number('n') + number('x'), json: '[]' };
  return { ...about, count: number('n'), lost: number('x'), json: fields.get('e') ?? '[]' };
}
