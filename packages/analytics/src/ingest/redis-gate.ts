import type { RedisClient } from '@tallymark/redis/connect';

const SUSPECT_MS = 1_000;

/**
 * Whether it makes sense to ask Redis. After a command without an answer it is left alone for a second, so that a
 * frozen Redis costs one request its time-out and not every one of them.
 */
export class RedisGate {
  private suspectUntil = Number.NEGATIVE_INFINITY;

  constructor(private readonly redis: RedisClient) {}

  get open(): boolean {
    return this.redis.status === 'ready' && performance.now() >= this.suspectUntil;
  }

  failed(): void {
    this.suspectUntil = performance.now() + SUSPECT_MS;
  }
}
