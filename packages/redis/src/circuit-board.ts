import { type ProcessCircuits, writtenCircuits } from '@tallymark/contract/circuits';
import type { RedisClient } from './connect.ts';

const KEY = 'circuits';
/** Twice and a half as long as a process is silent at the most. */
const FRESH_MS = 25_000;
const FORGOTTEN_MS = 3_600_000;
/** The whole board goes when nobody writes on it any more. */
const TTL_SECONDS = 86_400;

const writtenAt = writtenCircuits.pick({ at: true });

/** Where every process says how its circuit breakers are, for others to show. */
export class CircuitBoard {
  constructor(private readonly redis: RedisClient) {}

  async write(own: ProcessCircuits, now: Date): Promise<void> {
    const value = JSON.stringify({ ...own, at: now.getTime() });
    await this.redis.pipeline().hset(KEY, own.process, value).expire(KEY, TTL_SECONDS).exec();
  }

  async remove(process: string): Promise<void> {
    await this.redis.hdel(KEY, process);
  }

  /** Of processes that wrote lately, by name. Those that are long silent are taken off. */
  async read(now: Date): Promise<ProcessCircuits[]> {
    const entries = Object.entries(await this.redis.hgetall(KEY)).map(([process, text]) => {
      const value: unknown = JSON.parse(text);
      // Another version may write more or less; it is not shown, and lives on.
      return { process, at: writtenAt.safeParse(value).data?.at ?? 0, read: writtenCircuits.safeParse(value).data };
    });
    const ageOf = (at: number) => now.getTime() - at;
    const gone = entries.filter(({ at }) => ageOf(at) > FORGOTTEN_MS).map(({ process }) => process);
    if (gone.length > 0) await this.redis.hdel(KEY, ...gone);
    return entries
      .flatMap(({ read }) =>
        read && ageOf(read.at) <= FRESH_MS ? [{ process: read.process, circuits: read.circuits }] : [],
      )
      .sort((a, b) => (a.process < b.process ? -1 : 1));
  }
}
