import type { RedisClient } from './connect.ts';

/** Times kept of each question. */
const KEPT = 1_000;
/** Questions there may be: their names come from code, and a fault there must not fill Redis. */
const MOST_QUESTIONS = 200;
/** Writes on their way at once; more are left out. */
const MOST_IN_FLIGHT = 100;
const TTL_SECONDS = 7 * 86_400;
const NAMES = 'questions:names';

/** How long one question took, in milliseconds, the latest first. */
export interface MeasuredQuestion {
  readonly question: string;
  readonly times: readonly number[];
}

/** The last times of every question, of all processes together. */
export class QuestionTimes {
  private inFlight = 0;

  constructor(private readonly redis: RedisClient) {}

  /** Keeps a time. Nobody waits for it, and it is lost without a word while Redis is away or slow. */
  record(question: string, ms: number): void {
    if (this.redis.status !== 'ready' || this.inFlight >= MOST_IN_FLIGHT || !Number.isFinite(ms)) return;
    this.inFlight += 1;
    void this.keep(question, ms)
      .catch(() => {})
      .finally(() => {
        this.inFlight -= 1;
      });
  }

  /** By name. Null while Redis is away. */
  async read(): Promise<MeasuredQuestion[] | null> {
    try {
      const names = (await this.redis.smembers(NAMES)).sort();
      const lists = await Promise.all(names.map((name) => this.redis.lrange(keyOf(name), 0, KEPT - 1)));
      const measured = names.map((question, at) => ({ question, times: (lists[at] ?? []).map(Number) }));
      return measured.filter(({ times }) => times.length > 0);
    } catch {
      return null;
    }
  }

  private async keep(question: string, ms: number): Promise<void> {
    const key = keyOf(question);
    const known = await this.redis.lpushx(key, ms.toFixed(3));
    if (known > 0) {
      await this.redis
        .pipeline()
        .ltrim(key, 0, KEPT - 1)
        .expire(key, TTL_SECONDS)
        .exec();
    } else if ((await this.redis.scard(NAMES)) < MOST_QUESTIONS) {
      await this.redis.pipeline().sadd(NAMES, question).lpush(key, ms.toFixed(3)).expire(key, TTL_SECONDS).exec();
    }
  }
}

const keyOf = (question: string) => `questions:times:${question}`;
