import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { testRedis } from './redis.ts';

test('a world takes its own keys with it, also those that carry the prefix in a hash tag', async () => {
  await using other = await testRedis();
  const client = new Redis(other.url);
  try {
    await client.set(`${other.prefix}:stays`, '1');
    let gone: string;
    {
      await using redis = await testRedis();
      gone = redis.prefix;
      await client.mset({ [`${gone}:a`]: '1', [`{${gone}:0}:b`]: '1' });
    }
    expect(await client.keys(`*${gone}*`)).toEqual([]);
    expect(await client.exists(`${other.prefix}:stays`)).toBe(1);
  } finally {
    client.disconnect();
  }
});
