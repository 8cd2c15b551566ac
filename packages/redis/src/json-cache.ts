import type { RedisClient } from './connect.ts';

/** Asking longer than this costs more than it saves. */
const PATIENCE_MS = 250;

export interface Remembered<Value> {
  readonly ttlSeconds: number;
  /** The value that a text of JSON holds, null where it holds none: another version of this code may have written it. */
  readonly parse: (json: unknown) => Value | null;
  readonly compute: () => Promise<Value>;
}

/**
 * Values for a while, as JSON. A Redis that is away, slow or full is no cache and no error: everything here is worked out
 * again without it.
 */
export class JsonCache {
  private readonly pending = new Map<string, Promise<unknown>>();

  /** `redis` null: nothing is kept, and whoever asks while a value is being worked out still shares it. */
  constructor(
    private readonly redis: RedisClient | null,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** Null where there is nothing. */
  async get(key: string): Promise<unknown> {
    const text = await this.patiently(this.redis?.get(`cache:${key}`));
    try {
      return text ? (JSON.parse(text) as unknown) : null;
    } catch {
      return null;
    }
  }

  async set(key: string, value: unknown, ttlSeconds: number): Promise<void> {
    await this.patiently(this.redis?.set(`cache:${key}`, JSON.stringify(value), 'EX', ttlSeconds));
  }

  /**
   * What is kept under a key, or else what `compute` makes, which is then kept. Whoever asks for the same key in this
   * process meanwhile waits for the same answer; one that fails is not kept, and all who waited for it hear why.
   */
  remember<Value>(key: string, wanted: Remembered<Value>): Promise<Value> {
    const running = this.pending.get(key) as Promise<Value> | undefined;
    if (running) return running;
    const started = this.lookUpOrCompute(key, wanted).finally(() => this.pending.delete(key));
    this.pending.set(key, started);
    return started;
  }

  private async lookUpOrCompute<Value>(key: string, { ttlSeconds, parse, compute }: Remembered<Value>): Promise<Value> {
    const kept = await this.get(key);
    const known = kept === null ? null : parse(kept);
    if (known !== null) return known;
    const value = await compute();
    await this.set(key, value, ttlSeconds);
    return value;
  }

  /** Null when Redis fails, or has not answered in time. */
  private async patiently<Reply>(command: Promise<Reply> | undefined): Promise<Reply | null> {
    if (command === undefined) return null;
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, this.patienceMs, null);
    });
    try {
      return await Promise.race([command, tooLong]);
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }
}
