import type { RedisClient } from './connect.ts';

const SAMPLES = 'folds:samples';
const TTL_SECONDS = 600;
const KEPT = 120;
/** Between two samples: everybody who looks at the page takes one. */
const APART_MS = 5_000;

/** How much every projection had folded at a time. */
export interface FoldSample {
  readonly atMs: number;
  readonly folded: Readonly<Record<string, number>>;
}

/** What projections had folded when somebody last asked: how fast they are follows from two of these. */
export class FoldSamples {
  constructor(private readonly redis: RedisClient) {}

  /** Keeps a sample; answers the latest that is at least five seconds older, null without one or without Redis. */
  async replace(sample: FoldSample): Promise<FoldSample | null> {
    try {
      const kept = (await this.redis.lrange(SAMPLES, 0, KEPT - 1)).map(sampleOf);
      const before = kept.find(({ atMs }) => isBefore(atMs, sample.atMs)) ?? null;
      const [latest] = kept;
      if (latest === undefined || isBefore(latest.atMs, sample.atMs)) {
        await this.redis
          .pipeline()
          .lpush(SAMPLES, JSON.stringify(sample))
          .ltrim(SAMPLES, 0, KEPT - 1)
          .expire(SAMPLES, TTL_SECONDS)
          .exec();
      }
      return before;
    } catch {
      return null;
    }
  }
}

const isBefore = (atMs: number, nowMs: number) => nowMs - atMs >= APART_MS && nowMs - atMs <= TTL_SECONDS * 1_000;
const sampleOf = (text: string): FoldSample => JSON.parse(text);
