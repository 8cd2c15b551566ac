import { randomUUID } from 'node:crypto';
import { testRedis } from '@tallymark/testing/redis';
import { connectRedis, type RedisClient, redisReady } from '../connect.ts';
import { type AcceptEvent, type AcceptRequest, EventBuffer } from '../event-buffer.ts';

export interface BufferWorld extends AsyncDisposable {
  readonly redis: RedisClient;
  readonly buffer: EventBuffer;
}

const TIMEOUT_MS = 5_000;

/** A buffer in a key space of its own. */
export async function openBuffer(): Promise<BufferWorld> {
  const space = await testRedis();
  const redis = connectRedis({ url: space.url, prefix: space.prefix, name: 'tallymark-test' });
  if (!(await redisReady(redis, TIMEOUT_MS))) throw new Error('Redis does not answer.');
  return {
    redis,
    buffer: new EventBuffer(redis),
    [Symbol.asyncDispose]: async () => {
      redis.disconnect();
      await space[Symbol.asyncDispose]();
    },
  };
}

export function acceptEvent(more: Partial<AcceptEvent> = {}): AcceptEvent {
  const id = randomUUID();
  return {
    id,
    dedup: { key: id, ttlSeconds: 60 },
    payloadHash: 'h',
    verdict: '',
    lane: 'event',
    row: JSON.stringify({ id }),
    ...more,
  };
}

export function acceptRequest(events: readonly AcceptEvent[], more: Partial<AcceptRequest> = {}): AcceptRequest {
  return {
    shard: 0,
    capBytes: 1_000_000,
    nonce: randomUUID(),
    receivedAtMs: 1_000,
    events,
    before: { sampled: 0, rejected: {} },
    ...more,
  };
}
