import type { RedisClient } from './connect.ts';
import { dedupKeyOf } from './keys.ts';

const COUNTERS = 'fingerprints:counters';

/** Fingerprints that somebody asked about outside of ingest, with counters of the answers. */
export class CheckedFingerprints {
  constructor(private readonly redis: RedisClient) {}

  /** Whether the fingerprint is known, to ingest in any shard or from an earlier check; remembers it in any case. */
  async check(
    fingerprint: string,
    { shards, ttlSeconds }: { shards: readonly number[]; ttlSeconds: number },
  ): Promise<boolean> {
    const [first, ...ingested] = await Promise.all([
      this.redis.set(`fingerprints:${fingerprint}`, '1', 'EX', ttlSeconds, 'NX'),
      ...shards.map((shard) => this.redis.exists(dedupKeyOf(shard, fingerprint))),
    ]);
    const known = first === null || ingested.some((found) => found === 1);
    await Promise.all([
      this.redis.hincrby(COUNTERS, 'checks', 1),
      ...(known ? [this.redis.hincrby(COUNTERS, 'duplicates', 1)] : []),
    ]);
    return known;
  }

  async stats(): Promise<{ checks: number; duplicates: number }> {
    const [checks, duplicates] = await this.redis.hmget(COUNTERS, 'checks', 'duplicates');
    return { checks: Number(checks ?? 0), duplicates: Number(duplicates ?? 0) };
  }
}
