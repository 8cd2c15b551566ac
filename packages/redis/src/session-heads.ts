import { hash } from 'node:crypto';
import type { RedisClient } from './connect.ts';

const TTL_SECONDS = 3_600;

/** Bytes of heads written within an hour: a flood of sessions must not take the buffer's room. */
const MOST_BYTES_AN_HOUR = 128 * 1024 * 1024;
const HOUR_MS = 3_600_000;

/** Where each stream of events stands, for an hour after its last event. The caller says what of it can be believed. */
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
   * Writes heads, and removes those that are null. Over the hour's allowance all are removed instead.
   * @throws when it is not certain that every one of them took effect.
   */
  async write(generation: string, heads: ReadonlyMap<string, string | null>, now: Date): Promise<void> {
    if (heads.size === 0) return;
    const bytes = [...heads.values()].reduce((sum, head) => sum + (head?.length ?? 0), 0);
    const hour = `sessions:bytes:${Math.floor(now.getTime() / HOUR_MS)}`;
    const written = await this.redis.incrby(hour, bytes);
    const full = written > this.mostBytesAnHour;
    const pipeline = this.redis.pipeline().expire(hour, 2 * TTL_SECONDS);
    for (const [stream, head] of heads) {
      const key = keyOf(generation, stream);
      if (head === null || full) pipeline.unlink(key);
      else pipeline.set(key, head, 'EX', TTL_SECONDS);
    }
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
  }
}

/** Of one length, whatever the caller chose for a session id. */
const keyOf = (generation: string, stream: string) => `sessions:${generation}:${hash('sha1', stream, 'base64url')}`;
