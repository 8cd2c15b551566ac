import { hash } from 'node:crypto';
import type { RedisClient } from './connect.ts';

const TTL_SECONDS = 3_600;

/** Bytes of new heads within an hour: a flood of sessions must not take the buffer's room. */
const MOST_BYTES_AN_HOUR = 128 * 1024 * 1024;
const HOUR_MS = 3_600_000;

export interface SessionHead {
  readonly value: string;
  /** Whether `read` has found one for the stream, which this one replaces. */
  readonly known: boolean;
}

/** Where each stream of events stands, for an hour from its first event on. The caller says what of it can be believed. */
export class SessionHeads {
  constructor(
    private readonly redis: RedisClient,
    private readonly mostBytesAnHour = MOST_BYTES_AN_HOUR,
  ) {}

  /** The heads of the streams, null where there is none. @throws when Redis is away. */
  async read(generation: string, streams: readonly string[]): Promise<(string | null)[]> {
    if (streams.length === 0) return [];
    return this.redis.mget(streams.map((stream) => keyOf(generation, stream)));
  }

  /**
   * Writes heads. One that is known keeps its time to live, so that all there are were new within the last hour; over the
   * hour's allowance new ones are left out. @throws when it is not certain that every one of them took effect.
   */
  async write(generation: string, heads: ReadonlyMap<string, SessionHead>, now: Date): Promise<void> {
    if (heads.size === 0) return;
    const bytes = [...heads.values()].reduce((sum, { value, known }) => sum + (known ? 0 : value.length), 0);
    const hour = `sessions:bytes:${Math.floor(now.getTime() / HOUR_MS)}`;
    const full = (await this.redis.incrby(hour, bytes)) > this.mostBytesAnHour;
    const pipeline = this.redis.pipeline().expire(hour, 2 * TTL_SECONDS);
    for (const [stream, { value, known }] of heads) {
      const key = keyOf(generation, stream);
      // Only where it is still there: one that has just run out must not come back without an end.
      if (known) pipeline.set(key, value, 'KEEPTTL', 'XX');
      else if (full) pipeline.unlink(key);
      else pipeline.set(key, value, 'EX', TTL_SECONDS);
    }
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
  }
}

/** Of one length, whatever the caller chose for a session id. */
const keyOf = (generation: string, stream: string) => `sessions:${generation}:${hash('sha1', stream, 'base64url')}`;
