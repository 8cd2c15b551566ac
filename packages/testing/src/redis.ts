import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { sharedServices } from './shared-services.ts';

export interface TestRedis extends AsyncDisposable {
  readonly url: string;
  /** Occurs in every key of this world, and in no other's. */
  readonly prefix: string;
}

const KEYS_PER_SCAN = 1_000;

/** A key space of one's own in the shared Redis: `await using redis = await testRedis()`. Leaving the block empties it. */
export async function testRedis(): Promise<TestRedis> {
  const { redisUrl } = sharedServices();
  const prefix = `test-${randomBytes(6).toString('hex')}`;
  return { url: redisUrl, prefix, [Symbol.asyncDispose]: () => deleteKeys(redisUrl, prefix) };
}

async function deleteKeys(url: string, prefix: string): Promise<void> {
  const client = new Redis(url);
  try {
    // Not only at the beginning: keys may carry it inside a hash tag.
    for await (const keys of client.scanStream({ match: `*${prefix}*`, count: KEYS_PER_SCAN })) {
      if ((keys as string[]).length > 0) await client.unlink(...(keys as string[]));
    }
  } finally {
    client.disconnect();
  }
}
